// A folder for the files of a test on several ranks.
#pragma once

#include <mpi.h>

#include <array>
#include <optional>
#include <string>

#include "support/mpi_test.hpp"
#include "support/temporary_directory.hpp"

namespace adapm::test {

/// A folder that all ranks know; rank 0 removes it when all are through.
class SharedFolder {
 public:
  SharedFolder() {
    std::array<char, 256> name{};
    if (world_rank() == 0) {
      own_.emplace();
      own_->path().copy(name.data(), name.size() - 1);
    }
    MPI_Bcast(name.data(), static_cast<int>(name.size()), MPI_CHAR, 0, MPI_COMM_WORLD);
    path_ = name.data();
  }
  ~SharedFolder() { MPI_Barrier(MPI_COMM_WORLD); }
  SharedFolder(const SharedFolder&) = delete;
  SharedFolder& operator=(const SharedFolder&) = delete;

  [[nodiscard]] std::string path(const std::string& below = "") const {
    return below.empty() ? path_ : path_ + "/" + below;
  }

 private:
  std::optional<TemporaryDirectory> own_;
  std::string path_;
};

}  // namespace adapm::test
