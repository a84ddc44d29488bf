#include "kge/point_stream.hpp"

#include <algorithm>
#include <numeric>

namespace adapm::kge {

namespace {

constexpr std::size_t prefetch_distance = 8;

}  // namespace

PointStream::PointStream(std::span<const Triple> train, const Shape& shape, std::uint64_t seed,
                         WorkerPlace place, std::uint64_t first_epoch)
    : share_([&] {
        const Share share = share_of(train.size(), place);
        return train.subspan(share.begin, share.size());
      }()),
      shape_(shape),
      seed_(seed),
      place_(place),
      next_epoch_(first_epoch),
      order_(share_.size()),
      position_(share_.size()) {}

void PointStream::begin_epoch() {
  apps::Random random({seed_, 1, place_.index, place_.count, next_epoch_++});
  std::iota(order_.begin(), order_.end(), 0U);
  apps::shuffle(order_, random);
  position_ = 0;
}

TripleKeys PointStream::next() {
  if (position_ == order_.size()) begin_epoch();
  if (position_ + prefetch_distance < order_.size()) {
    __builtin_prefetch(&share_[order_[position_ + prefetch_distance]]);
  }
  const Triple& triple = share_[order_[position_++]];
  return {shape_.entity_key(triple.subject), shape_.relation_key(triple.relation),
          shape_.entity_key(triple.object)};
}

}  // namespace adapm::kge
