#include "kge/point_stream.hpp"

#include <algorithm>
#include <numeric>

namespace adapm::kge {

namespace {

constexpr std::size_t prefetch_distance = 8;

}  // namespace

PointStream::PointStream(std::span<const Triple> train, const Shape& shape, std::uint64_t seed,
                         WorkerPlace place)
    : share_([&] {
        const Share share = share_of(train.size(), place);
        return train.subspan(share.begin, share.size());
      }()),
      shape_(shape),
      order_(share_.size()),
      position_(share_.size()),
      shuffle_random_({seed, 1, place.index, place.count}) {
  std::iota(order_.begin(), order_.end(), 0U);
}

TripleKeys PointStream::next() {
  if (position_ == order_.size()) {
    apps::shuffle(order_, shuffle_random_);
    position_ = 0;
  }
  if (position_ + prefetch_distance < order_.size()) {
    __builtin_prefetch(&share_[order_[position_ + prefetch_distance]]);
  }
  const Triple& triple = share_[order_[position_++]];
  return {shape_.entity_key(triple.subject), shape_.relation_key(triple.relation),
          shape_.entity_key(triple.object)};
}

}  // namespace adapm::kge
