#include "checkpoint/checkpoint_folder.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <system_error>
#include <utility>

#include "adapm/error.hpp"
#include "checkpoint/file.hpp"

namespace adapm::checkpoint {

namespace {

constexpr std::string_view name_of_complete = "checkpoint-";
constexpr std::string_view ending_of_partial = ".partial";

/// The number in "checkpoint-<number><ending>".
std::optional<std::uint64_t> number_in(std::string_view name, std::string_view ending) {
  if (!name.starts_with(name_of_complete) || !name.ends_with(ending)) return std::nullopt;
  name.remove_prefix(name_of_complete.size());
  if (name.size() < ending.size()) return std::nullopt;
  name.remove_suffix(ending.size());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return number;
}

std::string part_name(std::size_t rank) { return "part-" + std::to_string(rank); }

/// Runs a function of std::filesystem with the library's errors.
template <class Action>
auto checked(Action action) {
  try {
    return action();
  } catch (const std::filesystem::filesystem_error& error) {
    throw CheckpointError(error.what());
  }
}

}  // namespace

CheckpointFolder::CheckpointFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

std::filesystem::path CheckpointFolder::complete(std::uint64_t number) const {
  return folder_ / (std::string(name_of_complete) + std::to_string(number));
}
std::filesystem::path CheckpointFolder::partial(std::uint64_t number) const {
  return complete(number).concat(ending_of_partial);
}
std::filesystem::path CheckpointFolder::manifest(std::uint64_t number) const { return complete(number) / "manifest"; }
std::filesystem::path CheckpointFolder::part(std::uint64_t number, std::size_t rank) const {
  return complete(number) / part_name(rank);
}
std::filesystem::path CheckpointFolder::partial_part(std::uint64_t number, std::size_t rank) const {
  return partial(number) / part_name(rank);
}

std::vector<std::uint64_t> CheckpointFolder::numbers(bool partial) const {
  return checked([&] {
    std::vector<std::uint64_t> found;
    if (!std::filesystem::exists(folder_)) return found;
    for (const auto& entry : std::filesystem::directory_iterator(folder_))
      if (const auto number = number_in(entry.path().filename().string(), partial ? ending_of_partial : ""))
        found.push_back(*number);
    std::sort(found.begin(), found.end());
    return found;
  });
}

std::optional<std::uint64_t> CheckpointFolder::newest() const {
  const auto complete = numbers(false);
  if (complete.empty()) return std::nullopt;
  return complete.back();
}

std::uint64_t CheckpointFolder::begin() const {
  return checked([&] {
    std::filesystem::create_directories(folder_);
    for (const std::uint64_t leftover : numbers(true)) std::filesystem::remove_all(partial(leftover));
    const std::uint64_t number = newest().value_or(0) + 1;
    std::filesystem::create_directory(partial(number));
    return number;
  });
}

void CheckpointFolder::publish(const Manifest& manifest) const {
  for (std::size_t rank = 0; rank < manifest.parts.size(); ++rank) {
    const InputFile part(partial_part(manifest.number, rank));
    if (part.bytes() != manifest.parts[rank].bytes) part.refuse("is not what the rank wrote");
  }
  write_file(partial(manifest.number) / "manifest", to_text(manifest));
  sync_folder(partial(manifest.number));
  checked([&] { std::filesystem::rename(partial(manifest.number), complete(manifest.number)); });
  sync_folder(folder_);
}

void CheckpointFolder::discard(std::uint64_t number) const noexcept {
  std::error_code ignored;
  std::filesystem::remove_all(partial(number), ignored);
}

/// A folder that is being removed is no checkpoint any more: it loses its name first.
void CheckpointFolder::keep_last(std::size_t count) const {
  const auto complete_ones = numbers(false);
  checked([&] {
    for (std::size_t i = 0; i + count < complete_ones.size(); ++i) {
      std::filesystem::rename(complete(complete_ones[i]), partial(complete_ones[i]));
      std::filesystem::remove_all(partial(complete_ones[i]));
    }
  });
}

}  // namespace adapm::checkpoint
