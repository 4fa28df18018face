// SPDX-License-Identifier: Apache-2.0
#include "tempsweep/sink.hpp"

namespace tempsweep {

std::size_t size_of(ElementType type) noexcept {
  switch (type) {
    case ElementType::f64:
    case ElementType::i64:
    case ElementType::u64:
      return 8;
    case ElementType::f32:
      return 4;
    case ElementType::u16:
      return 2;
    case ElementType::i8:
    case ElementType::text:
      return 1;
  }
  return 0;
}

}  // namespace tempsweep
