#include "common/run_checkpoint.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "common/interruption.hpp"
#include "common/program.hpp"

namespace adapm::apps {

namespace {

bool has_checkpoint(const std::filesystem::path& folder) {
  return std::ranges::any_of(std::filesystem::directory_iterator(folder), [](const auto& entry) {
    const std::string name = entry.path().filename().string();
    return name.starts_with("checkpoint-") && !entry.path().has_extension();
  });
}

/// Errors  InputError naming the first option that differs.
void check_settings(const std::string& folder, const Settings& saved, const Settings& now) {
  for (const Setting& setting : now) {
    const auto same_option = [&](const Setting& other) { return other.option == setting.option; };
    const auto then = std::ranges::find_if(saved, same_option);
    if (then == saved.end()) throw InputError(folder + " has checkpoints of another program than this");
    if (*then == setting) continue;
    throw InputError("cannot resume: the checkpoint in " + folder + " was saved with " + setting.option +
                     " " + then->value + ", not " + setting.value + "; give the same " + setting.option +
                     ", or another folder to --checkpoint");
  }
}

std::string names(const Settings& settings) {
  std::string result;
  for (const Setting& setting : settings) result += (result.empty() ? "" : ", ") + setting.option;
  return result;
}

/// For other workers than those that saved: all begin at the latest clock, and the epoch under way from its
/// begin.
TrainingState for_other_workers(TrainingState state, const std::vector<TrainingState>& ranks,
                                std::size_t threads) {
  WorkerState any;
  for (const TrainingState& rank : ranks)
    for (const WorkerState& worker : rank.workers) any.clock = std::max(any.clock, worker.clock);
  state.workers.assign(threads, any);
  state.epoch_seconds = Seconds(0);
  return state;
}

}  // namespace

void prepare_checkpoint_folder(const TrainingOptions& options) {
  if (options.checkpoint.empty()) return;
  std::error_code error;
  std::filesystem::create_directories(options.checkpoint, error);
  if (error) throw InputError("--checkpoint: cannot make " + options.checkpoint + ": " + error.message());
  if (access(options.checkpoint.c_str(), W_OK | X_OK) != 0)
    throw InputError("--checkpoint: cannot write to " + options.checkpoint + ": " + std::strerror(errno));
  if (!options.resume && has_checkpoint(options.checkpoint)) {
    throw InputError(options.checkpoint +
                     " has checkpoints: add --resume to go on from the newest, or give another "
                     "folder to --checkpoint");
  }
}

RunCheckpoint::RunCheckpoint(const TrainingOptions& options, Store<float>& store, Report& report, Team team,
                             Settings settings)
    : options_(options), store_(store), report_(report), team_(team), settings_(std::move(settings)) {
  watch_for_interruption();
}

std::optional<TrainingState> RunCheckpoint::load() {
  if (!options_.resume) return std::nullopt;
  std::optional<Checkpoint> checkpoint;
  try {
    checkpoint = store_.load(options_.checkpoint);
  } catch (const CheckpointError& error) {
    throw InputError(std::string("cannot resume: ") + error.what() +
                     " (what must not change: " + names(settings_) + ")");
  }
  if (checkpoint) return state_of(*checkpoint);
  report_.note(options_.checkpoint + " has no checkpoint to resume from: beginning anew");
  return std::nullopt;
}

TrainingState RunCheckpoint::state_of(const Checkpoint& checkpoint) const {
  std::vector<TrainingState> ranks;
  for (const std::string& text : checkpoint.states) {
    SavedTraining saved = training_from_text(text);
    check_settings(options_.checkpoint, saved.settings, settings_);
    ranks.push_back(std::move(saved.state));
  }
  const bool same_workers =
      ranks.size() == team_.ranks && std::ranges::all_of(ranks, [&](const TrainingState& rank) {
        return rank.workers.size() == team_.threads;
      });
  const bool is_under_way = ranks.front().epoch_seconds > Seconds(0);
  TrainingState state =
      same_workers ? ranks[team_.rank] : for_other_workers(ranks.front(), ranks, team_.threads);
  std::string text = "continuing after epoch " + std::to_string(state.epochs);
  if (is_under_way) {
    text += ", " + std::string(same_workers ? "within" : "at the begin, since there are other workers, of") +
            " epoch " + std::to_string(state.epochs + 1);
  }
  report_.note(text + ", from " + options_.checkpoint + "/checkpoint-" + std::to_string(checkpoint.number));
  return state;
}

bool RunCheckpoint::save(const TrainingState& state) {
  try {
    store_.save(options_.checkpoint, to_text(state, settings_));
    return true;
  } catch (const CheckpointError& error) {
    report_.warn("no checkpoint after epoch " + std::to_string(state.epochs) + ": " + error.what());
    return false;
  }
}

bool RunCheckpoint::is_interrupted() {
  if (store_.interruptions() > 0) return true;
  if (interruption_has_come()) store_.interrupt();
  return store_.interruptions() > 0;
}

}  // namespace adapm::apps
