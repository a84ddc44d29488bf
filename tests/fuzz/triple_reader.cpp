// The first byte says which of the formats the rest is read as.
#include "kge/triple_reader.hpp"

#include "fuzz/fuzz.hpp"
#include "kge/wordnet.hpp"

namespace {

using namespace adapm;

void read(int format, std::string_view text) {
  kge::Dictionary entities, relations;
  switch (format % 7) {
    case 0:
      kge::parse_number_triples(text, "f", kge::TripleOrder::subject_relation_object, false);
      break;
    case 1:
      kge::parse_number_triples(text, "f", kge::TripleOrder::subject_object_relation, true);
      break;
    case 2:
      kge::parse_name_triples(text, "f", entities, relations);
      break;
    case 3:
      kge::parse_id_names(text, "f");
      break;
    case 4:
      kge::parse_name_ids(text, "f");
      break;
    case 5:
      kge::parse_wordnet(text, "f", 'n');
      break;
    default:
      kge::wordnet_triples(kge::parse_wordnet(text, "f", 'v'));
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 0) fuzz::accept_refusal([&] { read(data[0], fuzz::as_text(data + 1, size - 1)); });
  return 0;
}
