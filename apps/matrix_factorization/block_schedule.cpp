#include "matrix_factorization/block_schedule.hpp"

#include <numeric>

#include "common/random.hpp"

namespace adapm::mf {

BlockSchedule::BlockSchedule(std::size_t workers, std::uint64_t seed, std::uint64_t epoch) {
  apps::Random random({seed, 5, epoch});
  for (auto* order : {&blocks_, &shifts_, &places_}) {
    order->resize(workers);
    std::iota(order->begin(), order->end(), std::size_t{0});
    apps::shuffle(*order, random);
  }
}

}  // namespace adapm::mf
