// Numbers as text, for people and for files.
#pragma once

#include <span>
#include <string>

#include "common/time.hpp"

namespace adapm::apps {

/// What printf would print.
[[gnu::format(printf, 1, 2)]] std::string formatted(const char* format, ...);

/// "1.2 s", "3 min 05 s", "2 h 07 min".
std::string format_duration(Seconds duration);

/// "950", "12.3 k", "4.56 M".
std::string format_rate(double per_second);

/// Appends "number number ...", with the shortest digits that read back as the same floats.
void append_numbers(std::string& text, std::span<const float> numbers);

}  // namespace adapm::apps
