// What ranks say to each other in a round. A message is a sequence of records; a record is a kind and a key in one
// 64-bit word, then what belongs to the kind. Everything is 8-byte aligned.
#pragma once

#include <cstdint>

#include "adapm/types.hpp"
#include "base/bytes.hpp"

namespace adapm::round {

enum class Kind : std::uint64_t {
  texts = 0,  // at the head of questions only, with lengths in place of the key: see progress/round_driver.cpp
  // questions, to the believed owner
  want = 1,             // -
  update,               // the update
  release,              // -
  release_with_update,  // the update
  changed,              // -: the main copy was changed where it is
  summand,              // an update, or the sum of several ranks' updates
  // answers
  elsewhere,    // the rank to ask
  move,         // the value: the receiver is the owner now
  replicate,    // the value: the receiver is registered as holder
  share,        // the location of the main copy: the receiver is registered as sharer
  refresh,      // the value
  refresh_hot,  // the value; updates of the key are to be sent as summands from now on
  moved         // the new owner's rank: to the home
};

struct RecordHead {
  static constexpr unsigned kind_shift = 56;
  std::uint64_t word = 0;

  RecordHead() = default;
  RecordHead(Kind kind, Key key) : word(static_cast<std::uint64_t>(kind) << kind_shift | key) {}
  [[nodiscard]] Kind kind() const { return static_cast<Kind>(word >> kind_shift); }
  [[nodiscard]] Key key() const { return word & ((std::uint64_t{1} << kind_shift) - 1); }
};

inline void put_record(base::Bytes& to, Kind kind, Key key) { to.put(RecordHead(kind, key)); }
inline void put_record(base::Bytes& to, Kind kind, Key key, int rank) {
  to.put(RecordHead(kind, key));
  to.put(static_cast<std::int64_t>(rank));
}
inline int get_rank(base::ByteReader& from) { return static_cast<int>(from.get<std::int64_t>()); }

/// Calls take(reader) for one record of a message after the other, far(reader) for each some records before, and
/// near(reader) half as many before, so that what near() needs is there by then. All three pass over the record.
template <class Far, class Near, class Take>
void take_records(base::ByteReader& reader, Far far, Near near, Take take) {
  constexpr std::size_t distance = 8;
  base::ByteReader far_ahead = reader;
  for (std::size_t i = 0; i < distance && !far_ahead.at_end(); ++i) far(far_ahead);
  base::ByteReader ahead = reader;
  for (std::size_t i = 0; i < distance && !ahead.at_end(); ++i) {
    if (!far_ahead.at_end()) far(far_ahead);
    near(ahead);
  }
  while (!reader.at_end()) {
    if (!far_ahead.at_end()) far(far_ahead);
    if (!ahead.at_end()) near(ahead);
    take(reader);
  }
}

}  // namespace adapm::round
