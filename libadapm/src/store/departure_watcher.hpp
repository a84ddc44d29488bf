// Whoever wants to see a main copy before it leaves this rank.
#pragma once

#include "adapm/types.hpp"

namespace adapm::store {

template <class V>
class DepartureWatcher {
 public:
  DepartureWatcher() = default;
  virtual ~DepartureWatcher() = default;
  DepartureWatcher(const DepartureWatcher&) = delete;
  DepartureWatcher& operator=(const DepartureWatcher&) = delete;

  /// Progress thread, with the key locked: `value` is the key's, and is gone afterwards.
  virtual void leaves(Key key, const V* value) = 0;
};

}  // namespace adapm::store
