// The text formats of triples. All functions work on the text of a file that is already in memory; errors
// name the file and the line.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "kge/triple.hpp"

namespace adapm::kge {

/// The order of the numbers in a line.
enum class TripleOrder { subject_relation_object, subject_object_relation };

/// Numbers the names it meets in the order of their first appearance.
class Dictionary {
 public:
  /// The id of `name`, a new one if it has none.
  Id id(std::string_view name);
  /// Names by id.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

 private:
  std::unordered_map<std::string, Id> ids_;
  std::vector<std::string> names_;
};

/// Lines of three whole numbers, separated by spaces or tabs. If `counted`, the first line is the number of
/// triples. Errors  InputError naming `file` and the line.
std::vector<Triple> parse_number_triples(std::string_view text, const std::string& file, TripleOrder order,
                                         bool counted);

/// Lines "subject<TAB>relation<TAB>object" of names.
/// Errors  InputError naming `file` and the line.
std::vector<Triple> parse_name_triples(std::string_view text, const std::string& file, Dictionary& entities,
                                       Dictionary& relations);

/// Lines "id<TAB>name", ids 0, 1, 2, ... in this order. Returns the names.
/// Errors  InputError naming `file` and the line.
std::vector<std::string> parse_id_names(std::string_view text, const std::string& file);

/// OpenKE's form: the number of names, then lines "name<TAB>id" in any order. Returns the names by id.
/// Errors  InputError naming `file` and the line.
std::vector<std::string> parse_name_ids(std::string_view text, const std::string& file);

}  // namespace adapm::kge
