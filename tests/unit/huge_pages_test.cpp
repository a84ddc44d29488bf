#include "base/huge_pages.hpp"

#include <sys/mman.h>

#include <catch2/catch.hpp>
#include <utility>

/// As UCX's, which programs get that link MPICH, or an Open MPI on UCX: it forgets the address that is asked for.
extern "C" void* mremap(void*, size_t, size_t, int, ...) noexcept { return nullptr; }

namespace adapm::base {

namespace {

class Mapped {
 public:
  Mapped(std::size_t bytes, int kind) : bytes_(bytes) {
    memory_ = static_cast<std::byte*>(mmap(nullptr, bytes, PROT_READ | PROT_WRITE, kind | MAP_ANONYMOUS, -1, 0));
  }
  ~Mapped() { munmap(memory_, bytes_); }
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;
  [[nodiscard]] std::byte* memory() const { return memory_; }

 private:
  std::byte* memory_;
  const std::size_t bytes_;
};

}  // namespace

TEST_CASE("a view shows the memory that it is of") {
  constexpr std::size_t bytes = 9'000'000;
  const Mapped mapped(bytes, MAP_SHARED);
  HugeView view(mapped.memory());
  REQUIRE(view.at(mapped.memory()) != mapped.memory());
  REQUIRE(populate(view.at(mapped.memory()), bytes / page_bytes * page_bytes));
  for (std::size_t i = 0; i < bytes; i += 1234) mapped.memory()[i] = static_cast<std::byte>(i % 251);
  const HugeView moved = std::move(view);
  int different = 0;
  for (std::size_t i = 0; i < bytes; i += 1234) {
    std::byte* const there = moved.at(mapped.memory() + i);
    if (*there != mapped.memory()[i]) ++different;
    *there = std::byte{7};
    if (mapped.memory()[i] != std::byte{7}) ++different;
  }
  CHECK(different == 0);
  std::byte elsewhere{};
  CHECK(moved.at(&elsewhere) == &elsewhere);
  CHECK(view.at(mapped.memory()) == mapped.memory());  // there is nothing left of it
}

TEST_CASE("there is no view of private memory, nor of little") {
  const Mapped its_own(9'000'000, MAP_PRIVATE);
  CHECK(HugeView(its_own.memory()).at(its_own.memory()) == its_own.memory());
  CHECK(populate(its_own.memory(), 9'000'000 / page_bytes * page_bytes));
  const Mapped small(100'000, MAP_SHARED);
  CHECK(HugeView(small.memory()).at(small.memory()) == small.memory());
  CHECK(populate(small.memory(), 0));
}

}  // namespace adapm::base
