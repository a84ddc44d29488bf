#include "c/guard.hpp"

namespace adapm::c {

namespace {

thread_local std::string last_error;

}  // namespace

adapm_status failed(adapm_status status, const char* message) noexcept {
  try {
    last_error = message;
  } catch (...) {
    last_error.clear();
  }
  return status;
}

}  // namespace adapm::c

const char* adapm_last_error(void) { return adapm::c::last_error.c_str(); }

adapm_status adapm_usage_error(const char* message) { return adapm::c::failed(ADAPM_USAGE_ERROR, message); }

const char* adapm_version(void) { return ADAPM_VERSION; }
