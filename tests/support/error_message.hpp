// The message with which a call fails.
#pragma once

#include <string>

namespace adapm::test {

/// What `call` throws, an Error or a class derived from it; empty if it throws nothing.
template <class Error, class Call>
std::string message_of(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace adapm::test
