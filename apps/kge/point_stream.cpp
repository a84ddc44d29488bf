#include "kge/point_stream.hpp"

#include <algorithm>
#include <numeric>

namespace adapm::kge {

PointStream::PointStream(std::span<const Triple> train, const Shape& shape, std::size_t negatives,
                         std::uint64_t seed, WorkerPlace place)
    : share_([&] {
        const Share share = share_of(train.size(), place);
        return train.subspan(share.begin, share.size());
      }()),
      shape_(shape),
      negatives_(negatives),
      order_(share_.size()),
      position_(share_.size()),
      shuffle_random_({seed, 1, place.index, place.count}),
      negative_random_({seed, 2, place.index, place.count}) {
  std::iota(order_.begin(), order_.end(), 0U);
}

void PointStream::next(std::span<Key> keys) {
  if (position_ == order_.size()) {
    apps::shuffle(order_, shuffle_random_);
    position_ = 0;
  }
  const Triple& triple = share_[order_[position_++]];
  keys[0] = shape_.entity_key(triple.subject);
  keys[1] = shape_.relation_key(triple.relation);
  keys[2] = shape_.entity_key(triple.object);
  for (std::size_t i = 3; i < keys.size(); ++i) {
    keys[i] = shape_.entity_key(negative_random_.below(shape_.num_entities));
  }
}

}  // namespace adapm::kge
