// The text of a manifest, sealed: its checksum is right, so that all of it is read.
#include "checkpoint/manifest.hpp"

#include <array>
#include <cstdio>
#include <span>

#include "adapm/error.hpp"
#include "checkpoint/crc32c.hpp"
#include "fuzz/fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace adapm;
  std::array<char, 32> seal{};
  const std::uint32_t checksum = checkpoint::crc32c(0, std::as_bytes(std::span(data, size)));
  std::snprintf(seal.data(), seal.size(), "checksum %08x\n", checksum);
  const std::string text = std::string(fuzz::as_text(data, size)).append(seal.data());
  fuzz::accept_refusal<CheckpointError>([&] {
    const checkpoint::Manifest manifest = checkpoint::manifest_from_text(text, "manifest");
    check_shape(manifest, checkpoint::Manifest::of(7, "float", ValueLayout::uniform(6, 2)), "manifest");
  });
  return 0;
}
