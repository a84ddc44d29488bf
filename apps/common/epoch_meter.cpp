#include "common/epoch_meter.hpp"

#include <algorithm>
#include <vector>

namespace adapm::apps {

AccessCounts accesses(const Statistics& statistics) {
  AccessCounts counts = statistics.pulled;
  return counts += statistics.pushed;
}

void EpochMeter::begin() {
  before_ = store_.statistics();
  watch_ = {};
}

EpochMeasures EpochMeter::end(std::span<double> sums) {
  const Seconds seconds = elapsed();
  Statistics since = store_.statistics();
  const AccessCounts counts = accesses(since -= before_);
  const auto all = static_cast<double>(counts.total());
  const double local = counts.local_share() * all;
  std::vector<double> totals(sums.begin(), sums.end());
  totals.insert(totals.end(), {store_.rank() == 0 ? seconds.count() : 0, local, all});
  store_.allreduce(totals);
  std::copy_n(totals.begin(), sums.size(), sums.begin());
  const auto measured = std::span<const double>(totals).subspan(sums.size());

  EpochMeasures measures;
  measures.seconds = Seconds(measured[0]);
  measures.local_share = measured[2] > 0 ? measured[1] / measured[2] : 1;
  return measures;
}

}  // namespace adapm::apps
