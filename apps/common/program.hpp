// What surrounds an application's work: which rank this is before MPI runs, and how an error ends the
// program.
//
// All ranks run the same code, so most errors happen on all of them. An error that every rank finds by
// itself, before a store exists, is printed once (command line) or once a host (input files); any other error
// by each rank that meets it. The exit code is 0, 1 for an error, 2 for a wrong command line, 3 for a run
// that was interrupted and saved: the same command with --resume goes on.
#pragma once

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace adapm::apps {

inline constexpr int exit_interrupted = 3;

/// A flag that does not exist or a value that does not fit. The message names the flag and the fix.
class CommandLineError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// An input file that is missing or malformed. The message names the file and, if there is one, the line.
class InputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// This process's rank as its launcher (mpirun, srun) tells it in the environment; nothing if started by
/// hand.
std::optional<int> launched_rank();

/// The same among the processes of this host.
std::optional<int> launched_local_rank();

/// True if this process is the one to print what all ranks know.
bool is_first_rank();

/// Prints `program: message` to the standard error output, behind what was printed.
void print_error(const std::string& program, std::string_view message);

/// Runs `body` and returns its result. Prints `program: message` for an exception and returns the exit code
/// for it.
int run_program(const std::string& program, const std::function<int()>& body);

}  // namespace adapm::apps
