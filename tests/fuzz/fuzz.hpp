// What fuzzers share. Each defines LLVMFuzzerTestOneInput, which libFuzzer calls with one input after the
// other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "support/temporary_directory.hpp"
#include "common/program.hpp"

namespace adapm::fuzz {

/// Puts `bytes` into a file of this name and returns its path; the next call with this name overwrites it.
inline std::string file_of(std::string_view bytes, const std::string& name = "input") {
  static const test::TemporaryDirectory directory;
  directory.write(name, std::string(bytes));
  return directory.path(name);
}

/// Reads, and takes a refusal for an answer.
template <class Refusal = apps::InputError, class Reader>
void accept_refusal(Reader read) {
  try {
    read();
  } catch (const Refusal&) {
  }
}

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace adapm::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
