#include "word2vec/vocabulary.hpp"

#include "fuzz/fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace adapm;
  fuzz::accept_refusal([&] { word2vec::read_vocabulary(fuzz::file_of(fuzz::as_text(data, size)), 1); });
  return 0;
}
