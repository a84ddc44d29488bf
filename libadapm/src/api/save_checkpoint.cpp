#include "api/save_checkpoint.hpp"

#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "api/checkpoint_meeting.hpp"
#include "api/element_name.hpp"
#include "checkpoint/checkpoint_folder.hpp"
#include "checkpoint/part_writer.hpp"
#include "checkpoint/snapshot.hpp"

namespace adapm::api {

using checkpoint::CheckpointFolder;
using checkpoint::Manifest;
using checkpoint::PartDescription;
using checkpoint::Snapshot;

namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 20U;

template <class V>
PartDescription write_part(Snapshot<V>& snapshot, const std::filesystem::path& name, const checkpoint::PartHead& head) {
  checkpoint::PartWriter<V> writer(name, head);
  checkpoint::ValueBlock<V> block;
  while (snapshot.next(block, block_bytes)) writer.write(block);
  writer.finish();
  return {writer.keys(), writer.bytes()};
}

/// What a rank that has written its part tells the one that writes the manifest.
std::string put_together(const PartDescription& part, std::string_view state) {
  std::string text(sizeof part, '\0');
  std::memcpy(text.data(), &part, sizeof part);
  return text.append(state);
}

void add_part(Manifest& manifest, const std::string& text) {
  PartDescription& part = manifest.parts.emplace_back();
  std::memcpy(&part, text.data(), sizeof part);
  manifest.states.push_back(text.substr(sizeof part));
}

template <class V>
void write_and_publish(Manager<V>& manager, Snapshot<V>& snapshot, const CheckpointFolder& folder, std::uint64_t number,
                       std::string_view state, std::size_t keep_last) {
  const auto rank = static_cast<std::uint32_t>(manager.rank());
  checkpoint::PartHead head;
  head.checkpoint = number;
  head.num_keys = manager.layout().num_keys();
  head.part = rank;
  const std::vector<std::string> written = take_step(
      manager, [&] { return put_together(write_part(snapshot, folder.partial_part(number, rank), head), state); });
  take_step(manager, [&]() -> std::string {
    if (rank != 0) return {};
    Manifest manifest = Manifest::of(number, element_name<V>(), manager.layout());
    for (const std::string& part : written) add_part(manifest, part);
    folder.publish(manifest);
    folder.keep_last(keep_last);
    return {};
  });
}

}  // namespace

template <class V>
std::uint64_t save_checkpoint(Manager<V>& manager, const std::filesystem::path& where, std::string_view state,
                              std::size_t keep_last) {
  const CheckpointFolder folder(where);
  const bool first = manager.rank() == 0;
  Snapshot<V> snapshot(manager.values(), manager.table());
  const auto begun = take_step(
      manager, [&] { return first ? std::to_string(folder.begin()) : std::string(); }, [&] { snapshot.take(); });
  const std::uint64_t number = std::stoull(begun.front());
  try {
    write_and_publish(manager, snapshot, folder, number, state, keep_last);
  } catch (const CheckpointError&) {
    if (first) folder.discard(number);
    throw;
  }
  return number;
}

template std::uint64_t save_checkpoint(Manager<float>&, const std::filesystem::path&, std::string_view, std::size_t);
template std::uint64_t save_checkpoint(Manager<double>&, const std::filesystem::path&, std::string_view, std::size_t);
template std::uint64_t save_checkpoint(Manager<std::int64_t>&, const std::filesystem::path&, std::string_view,
                                       std::size_t);

}  // namespace adapm::api
