// ADAPM_ASSERT: a broken invariant of the library itself. Checked in every build: the checks stand on paths that the
// network or a key's transition pays for anyway, and a parameter manager that goes on with a lost key is worthless.
#pragma once

#include <stdexcept>
#include <string>

namespace adapm::base {

/// An invariant of the library did not hold.
class InvariantError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

[[noreturn]] inline void invariant_failed(const char* condition, const char* file, int line) {
  throw InvariantError(std::string("internal error: ") + condition + " does not hold (" + file + ":" +
                       std::to_string(line) + ")");
}

}  // namespace adapm::base

#define ADAPM_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::adapm::base::invariant_failed(#condition, __FILE__, __LINE__))
/// For a place that is never reached; `why` says what never happens.
#define ADAPM_UNREACHABLE(why) ::adapm::base::invariant_failed(why, __FILE__, __LINE__)
