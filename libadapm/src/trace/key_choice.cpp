#include "trace/key_choice.hpp"

#include <charconv>
#include <optional>
#include <random>
#include <string>

#include "adapm/error.hpp"

namespace adapm::trace {

namespace {

/// A part of the list: the keys from `first` to below `end`, or some of them.
struct Part {
  std::string_view text;
  Key first = 0;
  std::optional<Key> end;               // none: the store's
  std::optional<std::uint64_t> random;  // so many of them; none: all
  std::uint64_t seed = 0;
};

[[noreturn]] void reject(std::string_view part, const std::string& why) {
  throw ConfigurationError("option --sys.trace.keys cannot have '" + std::string(part) + "': " + why);
}

class PartReader {
 public:
  explicit PartReader(std::string_view text) : text_(text), rest_(text) {}

  Part read() {
    Part part;
    part.text = text_;
    if (take("random-")) {
      part.random = number();
      if (take("-seed-")) part.seed = number();
      if (take("-range-")) read_range(part);
    } else if (!take("all")) {
      part.first = number();
      part.end = (take("-") ? number() : part.first) + 1;
    }
    if (!rest_.empty() || (part.end && *part.end <= part.first)) complain();
    return part;
  }

 private:
  void read_range(Part& part) {
    part.first = number();
    if (!take("-")) complain();
    if (const Key end = number(); end > 0) part.end = end;
  }
  bool take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  /// Small enough to count on from it.
  std::uint64_t number() {
    constexpr std::uint64_t largest = std::uint64_t{1} << 62U;
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc() || value > largest) complain();
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }
  [[noreturn]] void complain() const { reject(text_, "it takes " + std::string(key_choice_grammar)); }

  const std::string_view text_;
  std::string_view rest_;
};

std::vector<Part> parts_of(std::string_view text) {
  std::vector<Part> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    parts.push_back(PartReader(text.substr(begin, end - begin)).read());
    begin = end + 1;
  }
  return parts;
}

/// Floyd's algorithm: as many draws as keys, each key at most once.
void choose_at_random(const Part& part, Key end, std::vector<bool>& chosen) {
  const std::uint64_t keys = end - part.first;
  if (*part.random > keys)
    reject(part.text, "there are only " + std::to_string(keys) + " keys to choose from");
  std::mt19937_64 random(part.seed);
  std::vector<bool> drawn(keys);
  for (std::uint64_t last = keys - *part.random; last < keys; ++last) {
    const std::uint64_t key = random() % (last + 1);
    drawn[drawn[key] ? last : key] = true;
  }
  for (std::uint64_t key = 0; key < keys; ++key)
    if (drawn[key]) chosen[part.first + key] = true;
}

void choose(const Part& part, std::vector<bool>& chosen) {
  const Key end = part.end.value_or(chosen.size());
  if (end > chosen.size() || part.first >= end)
    reject(part.text, "the store has keys 0 to " + std::to_string(chosen.size() - 1));
  if (part.random) return choose_at_random(part, end, chosen);
  for (Key key = part.first; key < end; ++key) chosen[key] = true;
}

}  // namespace

KeyChoice::KeyChoice(const std::vector<bool>& chosen)
    : chosen_((chosen.size() + 63) / 64), before_(chosen_.size()), num_keys_(chosen.size()) {
  for (Key key = 0; key < chosen.size(); ++key) {
    if (key % 64 == 0) before_[key / 64] = count_;
    if (!chosen[key]) continue;
    chosen_[key / 64] |= bit(key);
    ++count_;
  }
}

void check_key_choice(std::string_view text) { parts_of(text); }

KeyChoice choose_keys(std::string_view text, std::uint64_t num_keys) {
  std::vector<bool> chosen(num_keys);
  for (const Part& part : parts_of(text)) choose(part, chosen);
  return KeyChoice(chosen);
}

}  // namespace adapm::trace
