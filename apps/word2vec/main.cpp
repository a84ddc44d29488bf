// word2vec: trains word vectors, skip-gram with negative sampling. README.md in apps/ tells how to use it.
#include <optional>

#include "adapm/adapm.hpp"
#include "common/program.hpp"
#include "common/ranks.hpp"
#include "common/run_checkpoint.hpp"
#include "common/time.hpp"
#include "word2vec/corpus_reader.hpp"
#include "word2vec/options.hpp"
#include "word2vec/report.hpp"
#include "word2vec/trainer.hpp"
#include "word2vec/word_counter.hpp"

namespace {

using namespace adapm;

/// The model of --init-from; checks that it fits the options.
std::optional<word2vec::TrainedModel> load_trained(const word2vec::Word2vecOptions& options) {
  if (options.init_from.empty()) return std::nullopt;
  word2vec::TrainedModel trained = word2vec::read_model(options.init_from);
  if (trained.dim == static_cast<std::size_t>(options.dim)) return trained;
  throw apps::InputError(options.init_from + " holds vectors of dim " + std::to_string(trained.dim) +
                         ", but --dim is " + std::to_string(options.dim) + ": give --dim " +
                         std::to_string(trained.dim));
}

word2vec::Tasks load_tasks(const word2vec::Word2vecOptions& options, const word2vec::Vocabulary& vocabulary) {
  word2vec::Tasks tasks;
  for (const std::string& file : options.similarity_files()) {
    tasks.similarity.push_back(word2vec::read_similarity(file, vocabulary));
  }
  const auto limit = static_cast<std::size_t>(options.eval_vocabulary);
  tasks.analogy_words = limit == 0 ? vocabulary.size() : std::min(limit, vocabulary.size());
  if (!options.eval_analogies.empty()) {
    tasks.analogies = word2vec::read_analogies(options.eval_analogies, vocabulary, tasks.analogy_words);
  }
  return tasks;
}

word2vec::Vocabulary load_vocabulary(const word2vec::Word2vecOptions& options, std::size_t corpus_bytes,
                                     apps::Ranks& ranks) {
  const auto min_count = static_cast<std::uint64_t>(options.min_count);
  const auto threads = static_cast<std::size_t>(options.threads);
  if (options.vocabulary_in.empty()) {
    return word2vec::make_vocabulary(ranks, options.corpus, corpus_bytes, min_count, threads);
  }
  word2vec::Vocabulary vocabulary;
  ranks.agree([&] { vocabulary = word2vec::read_vocabulary(options.vocabulary_in, min_count); });
  return vocabulary;
}

void check_knows_words(const word2vec::InitialValues& initial, const word2vec::Word2vecOptions& options) {
  if (initial.trained_words() > 0) return;
  throw apps::InputError(options.init_from +
                         " has no word of the vocabulary: see --corpus and --vocabulary-in");
}

int run(const word2vec::Word2vecOptions& options) {
  apps::Ranks ranks;
  std::size_t bytes = 0;
  std::optional<word2vec::TrainedModel> trained;
  ranks.agree([&] {
    bytes = word2vec::corpus_bytes(options.corpus);
    trained = load_trained(options);
    apps::prepare_checkpoint_folder(options);
    load_tasks(options, word2vec::Vocabulary());  // what is wrong with them shows before anything is counted
  });
  const apps::Stopwatch counting;
  const word2vec::Vocabulary vocabulary = load_vocabulary(options, bytes, ranks);
  const apps::Seconds counting_seconds = counting.elapsed();
  const word2vec::Shape shape{vocabulary.size(), static_cast<std::size_t>(options.dim),
                              options.optimizer_kind()};
  const word2vec::InitialValues initial(shape, vocabulary, static_cast<std::uint64_t>(options.seed),
                                        static_cast<float>(options.initial_sum),
                                        trained ? &*trained : nullptr);
  word2vec::Tasks tasks;
  ranks.agree([&] {
    tasks = load_tasks(options, vocabulary);
    if (trained) check_knows_words(initial, options);
  });

  Store<float> store(shape.layout(), options.store);
  word2vec::Report report(options, store.rank() == 0);
  report.start(vocabulary, bytes, store.num_ranks(), counting_seconds);
  if (trained) {
    report.note("started from " + options.init_from + ": " + std::to_string(initial.trained_words()) +
                " of " + std::to_string(shape.words) + " words" +
                (trained->outputs.empty() ? ", input vectors only" : ""));
  }
  if (!options.vocabulary_out.empty() && store.rank() == 0) {
    word2vec::write_vocabulary(options.vocabulary_out, vocabulary);
  }
  const int exit_code =
      word2vec::Trainer(options, bytes, vocabulary, shape, initial, tasks, store, report).run();
  store.close();
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  return apps::run_program("word2vec", [&] {
    word2vec::Word2vecOptions options;
    return word2vec::parse(options, argc, argv) ? run(options) : 0;
  });
}
