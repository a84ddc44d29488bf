#include "sampling/sample_table.hpp"

#include <string>

#include "adapm/error.hpp"

namespace adapm::sampling {

SampleId SampleTable::add(std::size_t n) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(samples_.size()));
    samples_.emplace_back();
  }
  const std::uint32_t place = free_.back();
  free_.pop_back();
  Sample& sample = samples_[place];
  sample.remaining = n;
  sample.drawn.clear();
  ++sample.generation;
  return SampleId{std::uint64_t{sample.generation} << place_bits | place};
}

Sample* SampleTable::find(SampleId id) {
  if (place(id) >= samples_.size() || generation(id) % 2 == 0 || generation(id) > samples_[place(id)].generation)
    throw UsageError("sample " + std::to_string(static_cast<std::uint64_t>(id)) +
                     " was not prepared by this worker");
  Sample& sample = samples_[place(id)];
  return sample.generation == generation(id) ? &sample : nullptr;
}

void SampleTable::end(SampleId id) {
  ++samples_[place(id)].generation;
  free_.push_back(static_cast<std::uint32_t>(place(id)));
}

}  // namespace adapm::sampling
