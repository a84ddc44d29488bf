// word2vec's files: the original program's formats, and the state beside them.
#include <catch2/catch.hpp>
#include <cstring>

#include "support/error_message.hpp"
#include "support/temporary_directory.hpp"
#include "common/program.hpp"
#include "word2vec/model_file.hpp"

namespace adapm::word2vec {

namespace {

const std::vector<std::string> names = {"the", "caf\xc3\xa9", "1.5"};

std::vector<float> value_of(std::size_t word, float sign, std::size_t length) {
  std::vector<float> value(length);
  for (std::size_t i = 0; i < length; ++i)
    value[i] = sign * (static_cast<float>(word) + 0.1F * static_cast<float>(i + 1));
  return value;
}

void write(const std::string& path, Optimizer optimizer, ModelFormat format, bool state) {
  const Shape shape{names.size(), 3, optimizer};
  ModelWriter writer(path, shape, format, state);
  for (std::size_t w = 0; w < names.size(); ++w) {
    writer.add(names[w], value_of(w, 1, shape.value_length()), value_of(w, -1, shape.value_length()));
  }
  writer.commit();
}

std::string error_of(const std::string& path) {
  return test::message_of<apps::InputError>([&] { read_model(path); });
}

}  // namespace

TEST_CASE("the binary format is the original's") {
  const test::TemporaryDirectory directory;
  write(directory.path("model"), Optimizer::sgd, ModelFormat::binary, false);
  const std::string bytes = directory.read("model");
  std::string expected = "3 3\n";
  for (std::size_t w = 0; w < names.size(); ++w) {
    const auto value = value_of(w, 1, 3);
    expected += names[w] + ' ';
    expected.append(reinterpret_cast<const char*>(value.data()), 12);
    expected += '\n';
  }
  CHECK(bytes == expected);
  CHECK_FALSE(std::filesystem::exists(directory.path("model.state")));
}

TEST_CASE("the text format is the original's") {
  const test::TemporaryDirectory directory;
  write(directory.path("model"), Optimizer::adagrad, ModelFormat::text, false);
  CHECK(directory.read("model") == "3 3\nthe 0.1 0.2 0.3\ncaf\xc3\xa9 1.1 1.2 1.3\n1.5 2.1 2.2 2.3\n");
}

TEST_CASE("a model that is written is read again, with its state") {
  const test::TemporaryDirectory directory;
  for (const ModelFormat format : {ModelFormat::binary, ModelFormat::text}) {
    for (const Optimizer optimizer : {Optimizer::adagrad, Optimizer::sgd}) {
      for (const bool state : {false, true}) {
        const std::string path = directory.path("model" + std::to_string(state));
        write(path, optimizer, format, state);
        const TrainedModel model = read_model(path);
        CHECK(model.dim == 3);
        CHECK(model.words == names);
        const bool sums = state && optimizer == Optimizer::adagrad;
        CHECK(model.outputs.size() == (state ? 9U : 0U));
        CHECK(model.input_sums.size() == (sums ? 9U : 0U));
        for (std::size_t w = 0; w < 3; ++w) {
          const auto input = value_of(w, 1, 6);
          const auto output = value_of(w, -1, 6);
          for (std::size_t i = 0; i < 3; ++i) {
            CHECK(model.inputs[3 * w + i] == input[i]);
            if (state) CHECK(model.outputs[3 * w + i] == output[i]);
            if (sums) CHECK(model.input_sums[3 * w + i] == input[3 + i]);
            if (sums) CHECK(model.output_sums[3 * w + i] == output[3 + i]);
          }
        }
      }
    }
  }
}

TEST_CASE("text of other programs is read: blanks and carriage returns at the ends of lines") {
  const test::TemporaryDirectory directory;
  directory.write("model", "2 2\r\na 1 -2e-3 \r\nb nan 4 \r\n");
  const TrainedModel model = read_model(directory.path("model"));
  CHECK(model.words == std::vector<std::string>{"a", "b"});
  CHECK(model.inputs[1] == -2e-3F);
  CHECK(model.inputs[3] == 4);
}

TEST_CASE("what is no model is an error that says so") {
  const test::TemporaryDirectory directory;
  const auto error = [&](const std::string& text) {
    directory.write("model", text);
    return error_of(directory.path("model"));
  };
  CHECK_THAT(error_of("/nowhere/model"), Catch::Contains("cannot open /nowhere/model"));
  for (const char* text : {"", " \n", "nonsense", "3\n", "0 5\n", "2 x\n", "-1 3\n"}) {
    CHECK_THAT(error(text), Catch::Contains("does not begin with 'number-of-words dim'"));
  }
  CHECK_THAT(error("100 3\na 1 2 3\n"), Catch::Contains("too short"));
  CHECK_THAT(error("2 2\na 1 2\nb 1\n"), Catch::Contains("row 2 does not have 2 numbers"));
  CHECK_THAT(error("2 2\na 1 2\nb 1 2 3\n"), Catch::Contains("row 2 does not have 2 numbers"));
  CHECK_THAT(error("1 2\na 1 2\nb 1 2\n"), Catch::Contains("more rows"));
  write(directory.path("model"), Optimizer::sgd, ModelFormat::binary, false);
  const std::string whole = directory.read("model");
  CHECK_THAT(error(whole.substr(0, whole.size() - 5)), Catch::Contains("row 3 is cut off"));
}

TEST_CASE("a state that belongs to another model is refused") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path("model");
  write(path, Optimizer::adagrad, ModelFormat::binary, true);
  const std::string state = directory.read("model.state");
  directory.write("model.state", "short");
  CHECK_THAT(error_of(path),
             Catch::Contains("model.state is too short to be a file of --write-state: remove it"));
  directory.write("model.state", std::string(state.size(), 'x'));
  CHECK_THAT(error_of(path), Catch::Contains("model.state is not a file of --write-state: remove it"));
  directory.write("model.state", state.substr(0, state.size() - 4));
  CHECK_THAT(error_of(path), Catch::Contains("its header calls for"));
  directory.write("model.state", state);
  CHECK(error_of(path).empty());
  std::string bytes = directory.read("model");
  bytes[bytes.size() - 3] = static_cast<char>(bytes[bytes.size() - 3] ^ 1);
  directory.write("model", bytes);
  CHECK_THAT(error_of(path), Catch::Contains("belongs to another model"));
}

TEST_CASE("a model that cannot be written is an error that names the file") {
  CHECK_THAT(test::message_of<std::runtime_error>(
                 [] { write("/nowhere/m", Optimizer::sgd, ModelFormat::text, true); }),
             Catch::Contains("cannot create /nowhere/m"));
}

}  // namespace adapm::word2vec
