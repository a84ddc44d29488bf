// All true triples that are known, for filtered ranks: which objects (s, r, ?) has, which subjects (?, r, o).
// Immutable after construction; any thread may read.
#pragma once

#include <compare>
#include <span>
#include <vector>

#include "kge/dataset.hpp"
#include "kge/triple.hpp"

namespace adapm::kge {

class KnownTriples {
 public:
  /// Of all three splits.
  explicit KnownTriples(const Dataset& data);

  /// Ascending, without repetitions.
  [[nodiscard]] std::span<const Id> objects(Id subject, Id relation) const {
    return by_subject_.find(subject, relation);
  }
  [[nodiscard]] std::span<const Id> subjects(Id relation, Id object) const {
    return by_object_.find(object, relation);
  }

 private:
  /// Triples sorted by (entity, relation); the other entities in an array of their own.
  class Side {
   public:
    struct Entry {
      Id entity, relation, other;
      friend auto operator<=>(const Entry&, const Entry&) = default;
    };
    explicit Side(std::vector<Entry> entries);
    [[nodiscard]] std::span<const Id> find(Id entity, Id relation) const;

   private:
    struct Group {
      Id entity, relation;
      std::size_t begin;  // in others_
    };
    std::vector<Group> groups_;  // sorted; ends with a sentinel
    std::vector<Id> others_;
  };

  Side by_subject_;
  Side by_object_;
};

}  // namespace adapm::kge
