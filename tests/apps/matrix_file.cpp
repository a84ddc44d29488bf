#include "matrix_factorization/matrix_file.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "support/error_message.hpp"
#include "support/temporary_directory.hpp"
#include "common/program.hpp"

namespace adapm::mf {

namespace {

const std::string banner = "%%MatrixMarket matrix coordinate real general\n";

std::vector<FileCell> read(const MatrixFile& file, apps::Share range) {
  std::vector<FileCell> cells;
  read_cells(file, range, [&](const FileCell& cell) { cells.push_back(cell); });
  return cells;
}

std::vector<FileCell> read_text(const std::string& text) {
  const test::TemporaryDirectory directory;
  directory.write("m", text);
  const MatrixFile file = open_matrix(directory.path("m"));
  return read(file, {0, file.bytes});
}

/// The message without the directory's name.
std::string error_of(const std::string& text) {
  const test::TemporaryDirectory directory;
  directory.write("m", text);
  const std::string message = test::message_of<apps::InputError>([&] {
    const MatrixFile file = open_matrix(directory.path("m"));
    read(file, {0, file.bytes});
  });
  return message.empty() ? "" : message.substr(directory.path().size() + 1);
}

}  // namespace

TEST_CASE("MatrixMarket files are recognised, with comments, blank lines and line ends of either kind") {
  const test::TemporaryDirectory directory;
  directory.write(
      "m", "%%matrixmarket  MATRIX coordinate integer general\r\n% c\n\n 3 4 2 \n1 1 5\r\n\n 3\t4 -1e-1\n");
  const MatrixFile file = open_matrix(directory.path("m"));
  CHECK(file.form == MatrixFile::Form::matrix_market);
  CHECK(file.rows == 3);
  CHECK(file.columns == 4);
  CHECK(file.cells == 2);
  CHECK(read(file, {0, file.bytes}) == std::vector<FileCell>{{1, 1, 5}, {3, 4, -0.1F}});
}

TEST_CASE(
    "ratings have any separators, any whole numbers as ids, a heading, comments and time stamps or none of "
    "these") {
  const std::vector<FileCell> expected = {{-7, 1, 3}, {9000000000, 0, 2.5}};
  CHECK(read_text("-7 1 3\n9000000000\t0\t2.5") == expected);
  CHECK(read_text("-7::1::3::978300760\n9000000000::0::2.5::1\n") == expected);
  CHECK(read_text("userId,movieId,rating,timestamp\n-7,1,3.0,5\n9000000000,0,2.5,6\n") == expected);
  CHECK(read_text("# a comment\n-7 1 3\n\n% another\n9000000000 0 2.5\n") == expected);
  CHECK(read_text("").empty());
}

TEST_CASE("wherever a file is cut in two, each cell is in one of the parts, in order") {
  const test::TemporaryDirectory directory;
  for (const std::string& start :
       {banner + "% c\n20 20 4\n", std::string("user item rating\n"), std::string()}) {
    for (const char* end : {"\n", "", "\n\n", "\r\n"}) {
      directory.write("m", start + "1 2 3.5\n10 20 -4\n\n3 3 0\n4 5 6" + end);
      const MatrixFile file = open_matrix(directory.path("m"));
      const std::vector<FileCell> all = read(file, {0, file.bytes});
      REQUIRE(all.size() == 4);
      for (std::size_t cut = 0; cut <= file.bytes; ++cut) {
        std::vector<FileCell> parts = read(file, {0, cut});
        for (const FileCell& cell : read(file, {cut, file.bytes})) parts.push_back(cell);
        CHECK(parts == all);
      }
    }
  }
}

TEST_CASE("a file larger than the reader's buffer is read as a whole from any part on") {
  std::string text;
  std::vector<FileCell> expected;
  for (int i = 0; i < 300000; ++i) {
    text += std::to_string(i) + " 12345 0.5\n";
    expected.push_back({i, 12345, 0.5F});
  }
  const test::TemporaryDirectory directory;
  directory.write("m", text);
  const MatrixFile file = open_matrix(directory.path("m"));
  std::vector<FileCell> cells;
  for (std::size_t i = 0; i < 7; ++i) {
    read_cells(file, apps::share_of(file.bytes, {i, 7}),
               [&](const FileCell& cell) { cells.push_back(cell); });
  }
  CHECK((cells == expected));
}

TEST_CASE("a malformed cell is an error that names the file and the line") {
  CHECK_THAT(error_of("1 2 3\n4 5\n"), Catch::StartsWith("m:2: ") && Catch::Contains("found '4 5'"));
  CHECK_THAT(error_of("1 2 3\n\n4 x 5\n"), Catch::StartsWith("m:3: "));
  CHECK_THAT(error_of("1 2 nan\n"), Catch::StartsWith("m:1: "));
  CHECK_THAT(error_of("1 2 1e60\n"), Catch::StartsWith("m:1: "));
  CHECK_THAT(error_of("1 2.5 3\n"), Catch::StartsWith("m:1: "));
  CHECK_THAT(error_of(banner + "2 2 1\n1 1 1 1\n"), Catch::StartsWith("m:3: "));
  CHECK_THAT(error_of(banner + "2 2 1\n0 1 1\n"), Catch::StartsWith("m:3: expected a row from 1 to 2"));
  CHECK_THAT(error_of(banner + "2 2 1\n1 3 1\n"), Catch::StartsWith("m:3: "));
}

TEST_CASE("the line of an error is right in a range that begins later") {
  const test::TemporaryDirectory directory;
  directory.write("m", "1 1 1\n2 2 2\n3 3 3\nfour\n");
  const MatrixFile file = open_matrix(directory.path("m"));
  CHECK_THAT(test::message_of<apps::InputError>([&] {
               read(file, {8, file.bytes});
             }),
             Catch::Contains("m:4: "));
}

TEST_CASE("other kinds of MatrixMarket files, and what is wrong before the cells, are errors") {
  CHECK_THAT(error_of("%%MatrixMarket matrix array real general\n"),
             Catch::StartsWith("m:1: expected '%%Matrix"));
  CHECK_THAT(error_of("%%MatrixMarket matrix coordinate real symmetric\n1 1 1\n1 1 1\n"),
             Catch::StartsWith("m:1: "));
  CHECK_THAT(error_of(banner + "% c\n2 x 2\n"), Catch::StartsWith("m:3: expected 'rows columns cells'"));
  CHECK_THAT(error_of(banner + "2 5000000000 2\n"), Catch::StartsWith("m:2: "));
  CHECK_THAT(error_of(banner), Catch::Contains("found the end of the file"));
  CHECK_THAT(test::message_of<apps::InputError>([] { open_matrix("/nowhere/m"); }),
             Catch::Contains("/nowhere/m"));
  CHECK_THAT(test::message_of<apps::InputError>([] { open_matrix("/"); }), Catch::Contains("cannot read /"));
}

}  // namespace adapm::mf
