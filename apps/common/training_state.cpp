#include "common/training_state.hpp"

#include <sstream>
#include <stdexcept>

#include "common/program.hpp"
#include "common/text.hpp"

namespace adapm::apps {

namespace {

std::string exactly(double number) { return formatted(" %a", number); }

std::string worker_line(const WorkerState& worker) {
  std::string line = "worker " + std::to_string(worker.clock);
  for (const std::uint64_t word : worker.sampling) line.append(" ").append(std::to_string(word));
  line.append(" ").append(std::to_string(worker.steps));
  for (const double sum : worker.sums) line += exactly(sum);
  return line + "\n";
}

/// Streams do not read hexadecimal numbers.
double read_double(std::istream& line) {
  std::string word;
  line >> word;
  return std::stod(word);
}

std::vector<double> read_doubles(std::istream& line) {
  std::vector<double> numbers;
  for (std::string word; line >> word;) numbers.push_back(std::stod(word));
  return numbers;
}

template <class Number>
void read_number(std::istream& line, Number& number) {
  if (!(line >> number)) throw std::invalid_argument("a number is missing");
}

WorkerState read_worker(std::istream& line) {
  WorkerState worker;
  read_number(line, worker.clock);
  for (std::uint64_t& word : worker.sampling) read_number(line, word);
  read_number(line, worker.steps);
  worker.sums = read_doubles(line);
  return worker;
}

Setting read_setting(std::istream& line) {
  Setting setting;
  line >> setting.option >> std::ws;
  std::getline(line, setting.value);
  return setting;
}

void read_line(const std::string& text, SavedTraining& saved) {
  std::istringstream line(text);
  std::string name;
  line >> name;
  if (name == "epochs") {
    read_number(line, saved.state.epochs);
  } else if (name == "seconds") {
    saved.state.seconds = Seconds(read_double(line));
    saved.state.epoch_seconds = Seconds(read_double(line));
  } else if (name == "program") {
    saved.state.of_program = read_doubles(line);
  } else if (name == "worker") {
    saved.state.workers.push_back(read_worker(line));
  } else if (name == "setting") {
    saved.settings.push_back(read_setting(line));
  } else {
    throw std::invalid_argument("'" + name + "' is not known");
  }
}

}  // namespace

std::string to_text(const TrainingState& state, const Settings& settings) {
  std::string text = "epochs " + std::to_string(state.epochs) + "\n";
  text += "seconds" + exactly(state.seconds.count()) + exactly(state.epoch_seconds.count()) + "\n";
  text += "program";
  for (const double number : state.of_program) text += exactly(number);
  text += "\n";
  for (const WorkerState& worker : state.workers) text += worker_line(worker);
  for (const Setting& setting : settings) text += "setting " + setting.option + " " + setting.value + "\n";
  return text;
}

SavedTraining training_from_text(const std::string& text) {
  SavedTraining saved;
  try {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) read_line(line, saved);
  } catch (const std::logic_error& error) {  // also what std::stod throws
    throw InputError(std::string("a state that no training run has saved: ") + error.what());
  }
  if (saved.state.workers.empty())
    throw InputError("a state that no training run has saved: it has no worker");
  return saved;
}

}  // namespace adapm::apps
