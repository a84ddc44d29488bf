/// @file
/// What the library throws. Every message names the value at fault and what to do about it.
#pragma once

#include <stdexcept>
#include <string>

namespace adapm {

/// Base of all errors thrown by the library.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The caller broke the contract of the function (key out of range, span of the wrong length, closed store).
/// Thrown in the calling thread before any effect.
class UsageError : public Error {
 public:
  using Error::Error;
};

/// The job cannot run as configured: an unknown or contradictory option, options or layouts that differ between
/// ranks, an MPI thread level that is too low, too little shared memory. Thrown on every rank of the communicator.
class ConfigurationError : public Error {
 public:
  using Error::Error;
};

/// A checkpoint cannot be written or read; the message names the file, the reason and what to do. Thrown on every rank.
/// The store goes on, and checkpoints that were complete are untouched.
class CheckpointError : public Error {
 public:
  using Error::Error;
};

/// The store has failed, here or on another rank; the message says where and why. Every later call on the store
/// throws it too. The only thing left to do is to let the store go out of scope.
class StoreFailure : public Error {
 public:
  using Error::Error;
};

}  // namespace adapm
