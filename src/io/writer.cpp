// SPDX-License-Identifier: Apache-2.0
// The order of the members of ResultFile is the order of safety: datasets close before the file, the file
// before the partial file is synced or removed.
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "tempsweep/core/errors.hpp"
#include "tempsweep/result_file.hpp"

#include "io/chunk_packer.hpp"
#include "io/datasets.hpp"
#include "io/dimension_scales.hpp"
#include "io/hdf5/attributes.hpp"
#include "io/hdf5/library.hpp"
#include "io/partial_file.hpp"
#include "io/schema_check.hpp"
#include "io/write_support.hpp"

namespace tempsweep {
namespace io {
namespace {

class ResultFile final : public Sink {
 public:
  ResultFile(const std::string& path, const Schema& schema, Compression compression, bool force, int threads)
      : schema_(schema), partial_(path, force) {
    if (compression != Compression::none) {
      packer_.emplace(deflate_level(compression), threads);
    }
    guarded("the header", [&] {
      file_ = create_file(partial_);
      define(dataset_options(schema, compression));
    });
  }

  void write(std::size_t variable, const Slab& slab, std::span<const std::byte> data) override {
    if (variable >= datasets_.size())
      throw FileError(fmt::format("there is no result variable {}", variable));
    const Variable& target = schema_.variables[variable];
    check_slab(target, shape_of(schema_, target), slab, data.size());
    if (data.empty()) return;
    guarded(target.name, [&] { store(target, datasets_[variable].get(), slab, data); });
  }

  void flush() override {
    guarded("the result", [&] { check(H5Fflush(file_.get(), H5F_SCOPE_LOCAL), "flushing"); });
  }

  void finish(const Attributes& closing) override {
    guarded("the closing attributes", [&] {
      write_attributes(file_.get(), closing);
      close_everything();
    });
    partial_.publish();
  }

  std::string suspend(const Attributes& closing) override {
    guarded("the closing attributes", [&] {
      write_attributes(file_.get(), closing);
      close_everything();
    });
    partial_.keep();
    return partial_.partial_path();
  }

 private:
  void store(const Variable& target, hid_t dataset, const Slab& slab, std::span<const std::byte> data);
  void define(const DatasetOptions& options);
  void close_everything();

  template <typename Step>
  void guarded(const std::string& what, Step step);

  Schema schema_;
  std::optional<ChunkPacker> packer_;
  PartialFile partial_;
  File file_;
  std::vector<Dataset> bare_dimensions_;
  std::vector<Dataset>
      datasets_;  ///< one per variable of the schema, open throughout: they own the chunk caches
};

// HDF5 never sees the disk fail (partial_file.hpp), so the disk is asked after each step, and first: what
// HDF5 complains about after a failure is only a consequence.
template <typename Step>
void ResultFile::guarded(const std::string& what, Step step) {
  partial_.throw_if_failed(what);
  if (partial_.published()) throw FileError(fmt::format("{} is finished already", partial_.path()));
  try {
    step();
  } catch (const Hdf5Failure& failure) {
    partial_.throw_if_failed(what);
    throw FileError(fmt::format("cannot write {} to {}: {}", what, partial_.partial_path(), failure.what()));
  }
  partial_.throw_if_failed(what);
}

void ResultFile::store(const Variable& target, hid_t dataset, const Slab& slab,
                       std::span<const std::byte> data) {
  if (packer_ && target.storage == Storage::compressible) {
    const ChunkGrid grid{shape_of(schema_, target), chunk_shape_of(schema_, target), size_of(target.type)};
    if (ChunkPacker::takes(grid, slab)) {
      packer_->write(dataset, grid, slab, data);
      return;
    }
  }
  write_slab(dataset, file_type(target.type), slab, data);
}

// netCDF shows dimensions and variables in the order of creation: dimensions first, as the schema lists them.
void ResultFile::define(const DatasetOptions& options) {
  write_attribute(file_.get(), "_NCProperties", netcdf_properties());
  write_attributes(file_.get(), schema_.attributes);
  datasets_.resize(schema_.variables.size());
  std::vector<hid_t> scales;
  for (const Dimension& dimension : schema_.dimensions) {
    const auto variable = std::ranges::find(schema_.variables, dimension.name, &Variable::name);
    const bool bare = variable == schema_.variables.end();
    Dataset scale = bare ? create_bare_dimension(file_.get(), dimension)
                         : create_dataset(file_.get(), schema_, *variable, options);
    make_scale(scale.get(), dimension, static_cast<int>(scales.size()), bare);
    scales.push_back(scale.get());
    if (bare) {
      bare_dimensions_.push_back(std::move(scale));
    } else {
      datasets_[static_cast<std::size_t>(variable - schema_.variables.begin())] = std::move(scale);
    }
  }
  for (std::size_t i = 0; i < datasets_.size(); ++i) {
    const Variable& variable = schema_.variables[i];
    if (is_coordinate(variable)) continue;  // a scale itself, made above
    datasets_[i] = create_dataset(file_.get(), schema_, variable, options);
    attach_scales(datasets_[i].get(), scales_of(schema_, variable, scales));
  }
}

void ResultFile::close_everything() {
  for (Dataset& dataset : datasets_) check(dataset.close(), "closing a dataset");
  for (Dataset& dataset : bare_dimensions_) check(dataset.close(), "closing a dimension");
  check(H5Fflush(file_.get(), H5F_SCOPE_LOCAL), "flushing");
  // With any other handle open, closing would succeed and leave the file unwritten.
  if (check(H5Fget_obj_count(file_.get(), H5F_OBJ_ALL), "counting open handles") != 1) {
    throw Hdf5Failure("handles are still open");
  }
  check(file_.close(), "closing");
}

}  // namespace
}  // namespace io

std::unique_ptr<Sink> create_result_file(const std::string& path, const Schema& schema,
                                         Compression compression, bool force, int threads) {
  io::check_schema(schema);
  try {
    io::start_library();
  } catch (const io::Hdf5Failure& failure) {
    throw FileError(fmt::format("cannot create {}: {}", path, failure.what()));
  }
  return std::make_unique<io::ResultFile>(path, schema, compression, force, threads);
}

}  // namespace tempsweep
