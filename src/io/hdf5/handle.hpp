// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include <hdf5.h>

namespace tempsweep::io {

/// Owns one HDF5 identifier. Move-only; the type says how it is closed, so a dataset cannot be closed as a
/// space.
template <herr_t (*close_id)(hid_t)>
class Handle {
 public:
  Handle() = default;
  explicit Handle(hid_t id) noexcept : id_(id) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)) {}
  Handle& operator=(Handle&& other) noexcept {
    if (this != &other) {
      close();
      id_ = std::exchange(other.id_, H5I_INVALID_HID);
    }
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { close(); }

  [[nodiscard]] hid_t get() const noexcept { return id_; }

  /// Closes now, so that the caller can see a failure. \returns HDF5's result; 0 when nothing was open.
  herr_t close() noexcept {
    const hid_t id = std::exchange(id_, H5I_INVALID_HID);
    return id < 0 ? 0 : close_id(id);
  }

 private:
  hid_t id_ = H5I_INVALID_HID;
};

using File = Handle<H5Fclose>;
using Dataset = Handle<H5Dclose>;
using Space = Handle<H5Sclose>;
using Type = Handle<H5Tclose>;
using Attribute = Handle<H5Aclose>;
using Object = Handle<H5Oclose>;
using PropertyList = Handle<H5Pclose>;

}  // namespace tempsweep::io
