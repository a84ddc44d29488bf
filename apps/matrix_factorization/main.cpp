// matrix_factorization: factorises a sparse matrix. README.md in apps/ tells how to use it.
#include <optional>

#include "adapm/adapm.hpp"
#include "common/program.hpp"
#include "common/ranks.hpp"
#include "common/run_checkpoint.hpp"
#include "matrix_factorization/dataset.hpp"
#include "matrix_factorization/factors_file.hpp"
#include "matrix_factorization/options.hpp"
#include "matrix_factorization/report.hpp"
#include "matrix_factorization/trainer.hpp"

namespace {

using namespace adapm;

/// What the model of --init-from says of itself; checks that it fits the data.
mf::FactorsHeader check_trained(const mf::MfOptions& options, const mf::Dataset& data,
                                const mf::Shape& shape) {
  mf::FactorsReader file(options.init_from);
  const auto describe = [](const mf::Shape& s) {
    return std::to_string(s.rows) + " x " + std::to_string(s.columns) + " of rank " + std::to_string(s.rank);
  };
  if (file.header().shape != shape) {
    throw apps::InputError(options.init_from + " factorises a matrix of " + describe(file.header().shape) +
                           ", but the options and the data call for " + describe(shape));
  }
  std::vector<std::int64_t> ids = data.row_ids;
  ids.insert(ids.end(), data.column_ids.begin(), data.column_ids.end());
  if (file.read_ids() != ids)
    throw apps::InputError(options.init_from + " is about other users or items than the data");
  return file.header();
}

int run(const mf::MfOptions& options) {
  apps::Ranks ranks;
  mf::Dataset data =
      mf::load_dataset(ranks, options.train, options.test, static_cast<std::size_t>(options.threads));
  const mf::Shape shape{data.rows, data.columns, static_cast<std::size_t>(options.rank)};
  std::optional<mf::FactorsHeader> trained;
  ranks.agree([&] {
    apps::prepare_checkpoint_folder(options);
    if (!options.init_from.empty()) trained = check_trained(options, data, shape);
  });

  Store<float> store(shape.layout(), options.store);
  mf::Report report(options, store.rank() == 0);
  report.start(data, store.num_ranks());
  const int exit_code = mf::Trainer(options, data, shape, trained, store, report).run();
  store.close();
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  return apps::run_program("matrix_factorization", [&] {
    mf::MfOptions options;
    return mf::parse(options, argc, argv) ? run(options) : 0;
  });
}
