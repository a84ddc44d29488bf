// The scheme `local`: keys are chosen when the sample is pulled, among those that have a copy on this rank then. A share
// of them can be drawn ahead and brought here as `preloc` does.
//
// "Here" is asked of the caller's `whereabouts`: whereabouts.here(key), and whereabouts.prefetch(key) some time before.
#pragma once

#include <cstddef>
#include <span>
#include <utility>

#include "sampling/draws.hpp"
#include "sampling/sample_table.hpp"

namespace adapm::sampling {

class Local {
 public:
  /// How many keys of a range are asked for, and without a range how many draws are made, until a key that was drawn
  /// is taken although it is not here.
  static constexpr std::size_t max_probes = 10'000;
  static constexpr std::size_t max_draws = 1'000;

  /// `true_share` of a sample's keys, in [0, 1], is drawn ahead.
  Local(Draws& draws, double true_share) : draws_(draws), true_share_(true_share) {}

  template <class Intend>
  void prepare(Sample& sample, Clock start, Clock end, Intend&& intend) {
    if (!draws_.with_replacement()) sample.seen.reset(sample.remaining);
    const std::size_t ahead = number_ahead(sample.remaining);
    if (ahead == 0) return;
    draw_ahead(sample, ahead);
    intend(KeySpan(sample.drawn), start, end);
  }

  /// Keys drawn ahead stand at random places of the sample, whatever the pieces that it is pulled in.
  template <class Whereabouts>
  void choose(Sample& sample, std::span<Key> keys, const Whereabouts& whereabouts) {
    const std::size_t drawn = sample.drawn.empty() ? 0 : number_drawn_in(sample, keys.size());
    const std::size_t here = keys.size() - drawn;
    if (draws_.with_replacement()) {
      choose_here(keys.first(here), whereabouts, [&](Key key) { return whereabouts.here(key); });
    } else {
      choose_new_here(sample, keys.first(here), whereabouts);
    }
    for (std::size_t i = here; i < keys.size(); ++i) {
      keys[i] = sample.take_drawn();
      std::swap(keys[i], keys[static_cast<std::size_t>(draws_.random().below(i + 1))]);
    }
  }

 private:
  [[nodiscard]] std::size_t number_ahead(std::size_t n);
  [[nodiscard]] std::size_t number_drawn_in(const Sample& sample, std::size_t piece);
  void draw_ahead(Sample& sample, std::size_t count);

  /// Sets `keys` to keys that `accept` takes; those without luck to keys as drawn. Returns how many have had luck:
  /// they come first.
  template <class Whereabouts, class Accept>
  std::size_t choose_here(std::span<Key> keys, const Whereabouts& whereabouts, Accept accept) {
    if (const auto range = draws_.population().range()) {
      draw_and_prefetch(keys, whereabouts);
      return probe(keys, *range, accept);
    }
    std::size_t found = 0;
    for (std::size_t draw = 0; draw < max_draws && found < keys.size(); ++draw) {
      draw_and_prefetch(keys.subspan(found), whereabouts);
      for (std::size_t i = found; i < keys.size(); ++i)
        if (accept(keys[i])) std::swap(keys[found++], keys[i]);
    }
    return found;
  }

  template <class Whereabouts>
  void choose_new_here(Sample& sample, std::span<Key> keys, const Whereabouts& whereabouts) {
    const std::size_t found = choose_here(
        keys, whereabouts, [&](Key key) { return whereabouts.here(key) && sample.seen.insert(key); });
    for (Key& key : keys.subspan(found)) key = draws_.draw_new(sample.seen);
  }

  template <class Whereabouts>
  void draw_and_prefetch(std::span<Key> keys, const Whereabouts& whereabouts) {
    for (Key& key : keys) {
      key = draws_.draw();
      whereabouts.prefetch(key);
    }
  }

  /// For each key, the first of the range from there on, round about, that `accept` takes.
  template <class Accept>
  static std::size_t probe(std::span<Key> keys, KeyRange range, Accept accept) {
    const std::size_t probes = std::min<std::size_t>(range.size(), max_probes);
    std::size_t found = 0;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      Key key = keys[i];
      std::size_t probe = 0;
      for (; probe < probes && !accept(key); ++probe) key = key + 1 == range.end ? range.begin : key + 1;
      if (probe == probes) continue;
      keys[i] = key;
      std::swap(keys[found++], keys[i]);
    }
    return found;
  }

  Draws& draws_;
  const double true_share_;
};

}  // namespace adapm::sampling
