#include "common/text.hpp"

#include <charconv>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <utility>

namespace adapm::apps {

std::string formatted(const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  std::va_list again;
  va_copy(again, arguments);
  const int length = std::vsnprintf(nullptr, 0, format, arguments);
  va_end(arguments);
  std::string text(static_cast<std::size_t>(length), '\0');
  std::vsnprintf(text.data(), text.size() + 1, format, again);
  va_end(again);
  return text;
}

std::string format_duration(Seconds duration) {
  const double seconds = duration.count();
  if (!std::isfinite(seconds)) return "?";
  if (seconds < 59.95) return formatted("%.1f s", seconds);
  const long whole = std::lround(seconds);
  if (whole < 3600) return formatted("%ld min %02ld s", whole / 60, whole % 60);
  return formatted("%ld h %02ld min", whole / 3600, whole % 3600 / 60);
}

std::string format_rate(double per_second) {
  if (!(per_second >= 1e3)) return formatted("%.0f", per_second);
  if (per_second < 1e6) return formatted("%.3g k", per_second / 1e3);
  return formatted("%.3g M", per_second / 1e6);
}

void append_numbers(std::string& text, std::span<const float> numbers) {
  bool first = true;
  for (const float number : numbers) {
    char digits[32];
    if (!std::exchange(first, false)) text += ' ';
    text.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
  }
}

}  // namespace adapm::apps
