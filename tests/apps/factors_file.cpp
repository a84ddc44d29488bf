#include "matrix_factorization/factors_file.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <numeric>

#include "support/error_message.hpp"
#include "support/temporary_directory.hpp"
#include "common/program.hpp"

namespace adapm::mf {

namespace {

const std::vector<std::int64_t> row_ids = {-4, 10, 11};
const std::vector<std::int64_t> column_ids = {7, 8};

/// Weights 0.5, 1.5, ..., state 100.5, ....
void write(const std::string& path, bool with_state, bool with_ids) {
  FactorsWriter file(path, {{3, 2, 4}, with_state, with_ids, 12, {0.25, 99.5}});
  std::vector<float> values(5 * 4);
  std::iota(values.begin(), values.end(), 0.5F);
  file.add(std::span(values).first(7));
  file.add(std::span(values).subspan(7));
  if (with_state) {
    std::iota(values.begin(), values.end(), 100.5F);
    file.add(values);
  }
  if (with_ids) {
    file.finish(row_ids, column_ids);
  } else {
    file.finish({}, {});
  }
}

std::string error_of(const std::string& path) {
  return test::message_of<apps::InputError>([&] { FactorsReader file(path); });
}

}  // namespace

TEST_CASE("factors that are written are read, from any key on") {
  const test::TemporaryDirectory directory;
  for (const bool with_state : {false, true}) {
    for (const bool with_ids : {false, true}) {
      write(directory.path("f.bin"), with_state, with_ids);
      FactorsReader file(directory.path("f.bin"));
      CHECK(file.header().shape == Shape{3, 2, 4});
      CHECK(file.header().has_state == with_state);
      CHECK(file.header().epochs == 12);
      CHECK(file.header().driver.step == 0.25);
      CHECK(file.header().driver.loss == 99.5);
      std::vector<float> values(8);
      file.read_weights(3, values);
      CHECK(values.front() == 12.5F);
      CHECK(values.back() == 19.5F);
      if (with_state) {
        file.read_state(1, values);
        CHECK(values.front() == 104.5F);
      }
      const std::vector<std::int64_t> ids = {-4, 10, 11, 7, 8};
      CHECK(file.read_ids() == (with_ids ? ids : std::vector<std::int64_t>()));
    }
  }
}

TEST_CASE("the file of factors is as its description says") {
  const test::TemporaryDirectory directory;
  write(directory.path("f.bin"), true, true);
  const std::string bytes = directory.read("f.bin");
  REQUIRE(bytes.size() == 64 + 2 * 4 * 20 + 8 * 5);
  const auto at = [&](std::size_t offset, auto value) {
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
  };
  CHECK(bytes.substr(0, 8) == "ADAPMMTF");
  CHECK(at(8, std::uint32_t{}) == 1);
  CHECK(at(12, std::uint32_t{}) == 4);
  CHECK(at(16, std::uint32_t{}) == 1);
  CHECK(at(20, std::uint32_t{}) == 1);
  CHECK(at(24, std::uint64_t{}) == 3);
  CHECK(at(32, std::uint64_t{}) == 2);
  CHECK(at(40, std::uint64_t{}) == 12);
  CHECK(at(48, double{}) == 0.25);
  CHECK(at(56, double{}) == 99.5);
  CHECK(at(64, float{}) == 0.5F);
  CHECK(at(64 + 4 * 20, float{}) == 100.5F);
  CHECK(at(64 + 2 * 4 * 20, std::int64_t{}) == -4);
}

TEST_CASE("the text form of a row reads back as the same numbers") {
  std::string text;
  append_text_row(text, -3, std::vector<float>{0.5F, -1e-7F, 0.1F});
  append_text_row(text, 12, std::vector<float>{3});
  CHECK(text == "-3\t0.5 -1e-07 0.1\n12\t3\n");
}

TEST_CASE("a file of factors that is something else, too short or too long is an error that names it") {
  const test::TemporaryDirectory directory;
  CHECK_THAT(error_of(directory.path("none")), Catch::Contains("No such file"));
  directory.write("short", "ADAPMMTF");
  CHECK_THAT(error_of(directory.path("short")), Catch::Contains("too short"));
  directory.write("other", std::string(100, 'x'));
  CHECK_THAT(error_of(directory.path("other")), Catch::Contains("not a file of --write-factors"));
  write(directory.path("f.bin"), true, false);
  const std::string bytes = directory.read("f.bin");
  directory.write("cut", bytes.substr(0, bytes.size() - 4));
  CHECK_THAT(error_of(directory.path("cut")), Catch::Contains("its header calls for"));
  std::string newer = bytes;
  newer[8] = 9;
  directory.write("newer", newer);
  CHECK_THAT(error_of(directory.path("newer")), Catch::Contains("does not understand"));
  std::string huge = bytes;  // whose size does not fit into a number
  std::fill_n(&huge[12], 4, '\xff');
  directory.write("huge", huge);
  CHECK_THAT(error_of(directory.path("huge")), Catch::Contains("does not understand"));
  CHECK_THAT(test::message_of<std::runtime_error>([] { write("/nowhere/f.bin", false, false); }),
             Catch::Contains("/nowhere/f.bin"));
}

}  // namespace adapm::mf
