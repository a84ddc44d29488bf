// The wish of a scheduler or a person that a run end soon: SIGTERM, or SIGUSR1, which Slurm's --signal and
// mpirun pass on.
#pragma once

namespace adapm::apps {

/// From now on the signals are noted instead of ending the program, up to its end: they may come to one rank
/// long after another has acted on them.
void watch_for_interruption();

/// A signal has come to this process.   Threads  any.
[[nodiscard]] bool interruption_has_come();

}  // namespace adapm::apps
