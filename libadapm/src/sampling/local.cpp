#include "sampling/local.hpp"

#include <cmath>

namespace adapm::sampling {

/// The share of `n`, rounded up or down so that its expectation is exact.
std::size_t Local::number_ahead(std::size_t n) {
  if (true_share_ == 0) return 0;
  const double exact = true_share_ * static_cast<double>(n);
  const double whole = std::floor(exact);
  return static_cast<std::size_t>(whole) + (draws_.random().uniform() < exact - whole ? 1 : 0);
}

/// How many of the next `piece` keys are ones drawn ahead, if each order of all that remain is as likely as any other.
std::size_t Local::number_drawn_in(const Sample& sample, std::size_t piece) {
  std::size_t number = 0;
  for (std::size_t i = 0; i < piece; ++i)
    if (draws_.random().below(sample.remaining - i) < sample.drawn.size() - number) ++number;
  return number;
}

void Local::draw_ahead(Sample& sample, std::size_t count) {
  draws_.draw_list(count, sample.drawn);
  if (draws_.with_replacement()) return;
  for (const Key key : sample.drawn) sample.seen.insert(key);
}

}  // namespace adapm::sampling
