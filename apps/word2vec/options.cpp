#include "word2vec/options.hpp"

#include <cmath>
#include <sstream>

#include "common/command_line.hpp"

namespace adapm::word2vec {

namespace {

apps::CommandLine describe(Word2vecOptions& o) {
  apps::CommandLine line("word2vec", "trains word vectors: skip-gram with negative sampling");
  line.group("Data and model")
      .add("corpus", "text file, a sentence a line; required", o.corpus, "FILE")
      .add("dim", "weights per vector", o.dim, {1, 1 << 16})
      .add("min-count", "leave out words that occur less often", o.min_count, {1})
      .add("vocabulary-in", "read the vocabulary from this file instead of counting words", o.vocabulary_in,
           "FILE")
      .add("vocabulary-out", "write the vocabulary to this file: 'word count' lines", o.vocabulary_out,
           "FILE")
      .add("init-from", "start from the vectors in this file of --output, and its .state if there is one",
           o.init_from, "FILE");
  apps::add_training_options(line, o, "corpus")
      .add("window", "words to either side of the centre, at most", o.window, {1, 1000})
      .add("negatives", "negatives per pair of words", o.negatives, {0, 1000})
      .add_choice("share-negatives", "draw negatives for each centre word or for each pair",
                  o.share_negatives, {"word", "pair"})
      .add("subsample", "share of the corpus above which a word is thinned out; 0: none", o.subsample, {0, 1})
      .add_choice("optimizer", "AdaGrad, or SGD with a falling learning rate", o.optimizer,
                  {"adagrad", "sgd"})
      .add("learning-rate", "the step (adagrad: 0.05, sgd: 0.025)", o.learning_rate, {0, 1e6})
      .add("initial-sum", "AdaGrad's sums of squared gradients at the start", o.initial_sum, {1e-30});
  apps::add_management_options(line, o, "sentences", 1 << 26);
  apps::add_checkpoint_options(line, o);
  line.group("Evaluation")
      .add("eval-analogies", "questions 'a b c d' (a is to b as c to d), sections ': name'", o.eval_analogies,
           "FILE")
      .add("eval-similarity", "lines 'word word score'; several files separated by commas", o.eval_similarity,
           "FILE[,FILE]")
      .add("eval-vocabulary", "evaluate analogies among the N most frequent words only; 0: all",
           o.eval_vocabulary, {0})
      .add("eval-every", "evaluate every N epochs; 0: only after the last", o.eval_every, {0});
  apps::add_output_options(line, o, "FILE.epoch-E")
      .add("output", "write the input vectors to this file", o.output, "FILE")
      .add_choice("output-format", "the original program's formats", o.output_format, {"binary", "text"})
      .add("write-state", "also write FILE.state, from which training goes on as if it had not ended",
           o.write_state);
  line.add_store_options(o.store);
  return line;
}

void check(const Word2vecOptions& o) {
  apps::check_checkpoint_options(o);
  if (o.corpus.empty()) throw apps::CommandLineError("--corpus FILE is required; --help lists all options");
  if (o.output.empty() && (o.write_state || o.write_every > 0)) {
    throw apps::CommandLineError("--write-state and --write-every need --output FILE");
  }
  if (o.eval_every > 0 && o.eval_analogies.empty() && o.eval_similarity.empty()) {
    throw apps::CommandLineError("--eval-every needs --eval-analogies FILE or --eval-similarity FILE");
  }
}

}  // namespace

double Word2vecOptions::rate() const {
  if (std::isfinite(learning_rate)) return learning_rate;
  return optimizer_kind() == Optimizer::adagrad ? 0.05 : 0.025;
}

std::vector<std::string> Word2vecOptions::similarity_files() const {
  std::vector<std::string> files;
  std::istringstream list(eval_similarity);
  for (std::string file; std::getline(list, file, ',');) {
    if (!file.empty()) files.push_back(file);
  }
  return files;
}

bool parse(Word2vecOptions& options, int argc, const char* const* argv) {
  if (!describe(options).parse(argc, argv)) return false;
  check(options);
  options.store.sampling_seed += static_cast<std::uint64_t>(options.seed);
  return true;
}

}  // namespace adapm::word2vec
