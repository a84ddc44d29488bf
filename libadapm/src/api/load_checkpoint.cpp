#include "api/load_checkpoint.hpp"

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/checkpoint_meeting.hpp"
#include "api/element_name.hpp"
#include "checkpoint/checkpoint_folder.hpp"
#include "checkpoint/file.hpp"
#include "checkpoint/part_reader.hpp"

namespace adapm::api {

using checkpoint::CheckpointFolder;
using checkpoint::Manifest;
using checkpoint::PartReader;
using checkpoint::ValueBlock;

namespace {

/// Sets values wherever their keys are; a block is under way while the next is read.
template <class V>
class BlockSetter {
 public:
  explicit BlockSetter(Manager<V>& manager) : manager_(manager) { manager.protocol().add_dirty_list(dirty_); }
  ~BlockSetter() {
    for (const auto& operation : open_) operation->completion.wait();
  }
  BlockSetter(const BlockSetter&) = delete;
  BlockSetter& operator=(const BlockSetter&) = delete;

  void set(const ValueBlock<V>& block) {
    auto elsewhere = std::make_unique<access::Operation<V>>();
    elsewhere->clear(access::OperationKind::set);
    const V* value = reinterpret_cast<const V*>(block.values.data());
    for (const Key key : block.keys) {
      const std::size_t length = manager_.layout().length(key);
      if (!set_here(key, value)) {
        elsewhere->entries.push_back({key, elsewhere->values.size()});
        elsewhere->values.insert(elsewhere->values.end(), value, value + length);
      }
      value += length;
    }
    if (elsewhere->entries.empty()) return;
    open_.push_back(std::move(elsewhere));
    manager_.submit(*open_.back());
    if (open_.size() > 1) wait_for_oldest();
  }

  void wait() {
    while (!open_.empty()) wait_for_oldest();
  }

 private:
  bool set_here(Key key, const V* value) {
    if (manager_.values().try_set(key, value, *dirty_) != store::Presence::elsewhere) return true;
    return !manager_.table().get(key).here() && manager_.try_set_neighbour(key, value, *dirty_);
  }

  void wait_for_oldest() {
    const bool failed = open_.front()->completion.wait() == base::Completion::failed;
    open_.pop_front();
    if (failed) manager_.health().check();
  }

  Manager<V>& manager_;
  const std::shared_ptr<store::DirtyList> dirty_ = std::make_shared<store::DirtyList>();
  std::deque<std::unique_ptr<access::Operation<V>>> open_;  // oldest first
};

/// The parts, or the share of one, that this rank reads.
template <class V>
std::deque<PartReader<V>> open_parts(const Manager<V>& manager, const CheckpointFolder& folder, std::uint64_t number,
                                     const Manifest& manifest) {
  const auto rank = static_cast<std::size_t>(manager.rank());
  const auto num_ranks = static_cast<std::size_t>(manager.num_ranks());
  const std::size_t num_parts = manifest.parts.size();
  std::deque<PartReader<V>> readers;
  checkpoint::PartHead head;
  head.checkpoint = manifest.number;
  for (std::size_t part = rank % num_parts; part < num_parts; part += num_ranks) {
    head.part = static_cast<std::uint32_t>(part);
    readers.emplace_back(folder.part(number, part), manager.layout(), head, manifest.parts[part]);
  }
  if (num_ranks > num_parts) {
    const std::size_t readers_of_part = (num_ranks - rank % num_parts + num_parts - 1) / num_parts;
    readers.front().share(static_cast<std::uint32_t>(rank / num_parts), static_cast<std::uint32_t>(readers_of_part));
  }
  return readers;
}

template <class V>
void set_values(Manager<V>& manager, std::deque<PartReader<V>>& parts) {
  BlockSetter<V> setter(manager);
  ValueBlock<V> block;
  for (PartReader<V>& part : parts)
    while (part.next(block)) setter.set(block);
  setter.wait();
}

}  // namespace

template <class V>
std::optional<Checkpoint> load_checkpoint(Manager<V>& manager, const std::filesystem::path& where) {
  const CheckpointFolder folder(where);
  const auto found = take_step(manager, [&]() -> std::string {
    const auto newest = manager.rank() == 0 ? folder.newest() : std::nullopt;
    return newest ? std::to_string(*newest) + '\n' + checkpoint::read_file(folder.manifest(*newest)) : "";
  });
  if (found.front().empty()) return std::nullopt;
  // All ranks have the same text, and so come to the same conclusions.
  const std::size_t end_of_number = found.front().find('\n');
  const std::uint64_t number = std::stoull(found.front().substr(0, end_of_number));
  const std::string name = folder.manifest(number).string();
  Manifest manifest = checkpoint::manifest_from_text(std::string_view(found.front()).substr(end_of_number + 1), name);
  check_shape(manifest, Manifest::of(number, element_name<V>(), manager.layout()), name);

  std::deque<PartReader<V>> parts;
  take_step(manager, [&]() -> std::string {
    parts = open_parts(manager, folder, number, manifest);
    return {};
  });
  take_step(manager, [&]() -> std::string {
    set_values(manager, parts);
    return {};
  });
  manager.sync();
  manager.note_loaded(number);
  return Checkpoint{number, std::move(manifest.states)};
}

template std::optional<Checkpoint> load_checkpoint(Manager<float>&, const std::filesystem::path&);
template std::optional<Checkpoint> load_checkpoint(Manager<double>&, const std::filesystem::path&);
template std::optional<Checkpoint> load_checkpoint(Manager<std::int64_t>&, const std::filesystem::path&);

}  // namespace adapm::api
