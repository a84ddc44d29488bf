#include "common/program.hpp"

#include <charconv>
#include <cstdlib>
#include <exception>
#include <initializer_list>
#include <iostream>

namespace adapm::apps {

namespace {

std::optional<int> first_number_in_environment(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const char* text = std::getenv(name);
    if (text == nullptr) continue;
    const std::string_view view(text);
    int number = 0;
    const auto [end, error] = std::from_chars(view.data(), view.data() + view.size(), number);
    if (error == std::errc() && end == view.data() + view.size()) return number;
  }
  return std::nullopt;
}

}  // namespace

std::optional<int> launched_rank() {
  return first_number_in_environment({"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID"});
}

std::optional<int> launched_local_rank() {
  return first_number_in_environment({"OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID", "SLURM_LOCALID"});
}

bool is_first_rank() { return launched_rank().value_or(0) == 0; }

void print_error(const std::string& program, std::string_view message) {
  std::string text = program + ": ";
  const auto rank = launched_rank();
  if (rank && *rank != 0) text += "[rank " + std::to_string(*rank) + "] ";
  text.append(message).append("\n");
  std::cout.flush();
  std::cerr << text << std::flush;
}

int run_program(const std::string& program, const std::function<int()>& body) {
  try {
    return body();
  } catch (const CommandLineError& error) {
    if (is_first_rank()) print_error(program, error.what());
    return 2;
  } catch (const InputError& error) {
    if (launched_local_rank().value_or(0) == 0) print_error(program, error.what());
  } catch (const std::exception& error) {
    print_error(program, error.what());
  } catch (...) {
    print_error(program, "unknown error");
  }
  return 1;
}

}  // namespace adapm::apps
