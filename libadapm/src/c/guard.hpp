// The edge of the C interface: exceptions end here as a status and the thread's message, and pointers are
// checked.
#pragma once

#include <cstddef>
#include <new>
#include <span>
#include <string>

#include "adapm/adapm.h"
#include "adapm/error.hpp"

namespace adapm::c {

/// Keeps `message` for adapm_last_error; returns `status`.
adapm_status failed(adapm_status status, const char* message) noexcept;

/// What `call` comes to as a status.
template <class Call>
adapm_status guarded(Call call) noexcept {
  try {
    call();
    return ADAPM_OK;
  } catch (const UsageError& error) {
    return failed(ADAPM_USAGE_ERROR, error.what());
  } catch (const ConfigurationError& error) {
    return failed(ADAPM_CONFIGURATION_ERROR, error.what());
  } catch (const CheckpointError& error) {
    return failed(ADAPM_CHECKPOINT_ERROR, error.what());
  } catch (const StoreFailure& error) {
    return failed(ADAPM_STORE_FAILURE, error.what());
  } catch (const std::bad_alloc&) {
    return failed(ADAPM_NO_MEMORY, "out of memory");
  } catch (const std::exception& error) {
    return failed(ADAPM_OTHER_ERROR, error.what());
  } catch (...) {
    return failed(ADAPM_OTHER_ERROR, "an exception that is none of the library's");
  }
}

/// What `pointer` points to.   Errors  UsageError if it is null; `what` is its name in the header.
template <class T>
T& given(T* pointer, const char* what) {
  if (pointer == nullptr) throw UsageError(std::string(what) + " is a null pointer");
  return *pointer;
}

/// Errors  as given, unless the array is empty.
template <class T>
std::span<T> array(T* begin, std::size_t size, const char* what) {
  if (size > 0) given(begin, what);
  return {begin, size};
}

}  // namespace adapm::c
