// Tells data apart: the same numbers in the same order give the same fingerprint, others hardly ever.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/text.hpp"

namespace adapm::apps {

/// FNV-1a (Fowler, Noll, Vo), a number or a letter at a time.
class Fingerprint {
 public:
  Fingerprint& add(std::uint64_t number) {
    hash_ = (hash_ ^ number) * 0x100000001b3U;
    hash_ ^= hash_ >> 32U;  // whole numbers, not bytes, are added: mix the upper half down
    return *this;
  }
  Fingerprint& add(std::string_view text) {
    for (const char c : text) add(static_cast<unsigned char>(c));
    return add(text.size());
  }

  [[nodiscard]] std::string text() const {
    return formatted("%016llx", static_cast<unsigned long long>(hash_));
  }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325U;
};

}  // namespace adapm::apps
