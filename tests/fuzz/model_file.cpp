// The first byte says whether there is a state file and how much of the input is the model.
#include "word2vec/model_file.hpp"

#include <algorithm>
#include <cstdio>

#include "fuzz/fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace adapm;
  if (size == 0) return 0;
  const std::string_view input = fuzz::as_text(data + 1, size - 1);
  const std::size_t model_bytes = data[0] == 0 ? input.size() : std::min<std::size_t>(data[0], input.size());
  const std::string model = fuzz::file_of(input.substr(0, model_bytes), "model");
  const std::string state = fuzz::file_of(input.substr(model_bytes), "model.state");
  if (model_bytes == input.size()) std::remove(state.c_str());
  fuzz::accept_refusal([&] { word2vec::read_model(model); });
  return 0;
}
