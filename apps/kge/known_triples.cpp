#include "kge/known_triples.hpp"

#include <algorithm>
#include <utility>

namespace adapm::kge {

KnownTriples::Side::Side(std::vector<Entry> entries) {
  std::sort(entries.begin(), entries.end());
  entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
  others_.reserve(entries.size());
  for (const Entry& entry : entries) {
    if (groups_.empty() || groups_.back().entity != entry.entity ||
        groups_.back().relation != entry.relation) {
      groups_.push_back({entry.entity, entry.relation, others_.size()});
    }
    others_.push_back(entry.other);
  }
  groups_.push_back({0, 0, others_.size()});
}

std::span<const Id> KnownTriples::Side::find(Id entity, Id relation) const {
  const auto wanted = std::pair(entity, relation);
  const auto last = groups_.end() - 1;
  const auto found = std::lower_bound(groups_.begin(), last, wanted, [](const Group& group, const auto& key) {
    return std::pair(group.entity, group.relation) < key;
  });
  if (found == last || found->entity != entity || found->relation != relation) return {};
  return std::span(others_).subspan(found->begin, (found + 1)->begin - found->begin);
}

namespace {

/// Entries for one side: `make(triple)` of all triples.
template <class Make>
auto entries_of(const Dataset& data, Make make) {
  std::vector<decltype(make(Triple{}))> entries;
  entries.reserve(data.train.size() + data.valid.size() + data.test.size());
  for (const auto* triples : {&data.train, &data.valid, &data.test}) {
    for (const Triple& triple : *triples) entries.push_back(make(triple));
  }
  return entries;
}

}  // namespace

KnownTriples::KnownTriples(const Dataset& data)
    : by_subject_(entries_of(data,
                             [](const Triple& t) {
                               return Side::Entry{t.subject, t.relation, t.object};
                             })),
      by_object_(entries_of(data, [](const Triple& t) {
        return Side::Entry{t.object, t.relation, t.subject};
      })) {}

}  // namespace adapm::kge
