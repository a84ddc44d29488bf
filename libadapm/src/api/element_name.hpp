// The names of the element types, in messages and checkpoints.
#pragma once

#include <cstdint>
#include <type_traits>

namespace adapm::api {

template <class V>
constexpr const char* element_name() {
  if constexpr (std::is_same_v<V, float>) return "float";
  if constexpr (std::is_same_v<V, double>) return "double";
  if constexpr (std::is_same_v<V, std::int64_t>) return "int64_t";
}

}  // namespace adapm::api
