#include "c/handles.hpp"

namespace adapm::c {

namespace {

template <class V>
AnyStore open(const ValueLayout& layout, const Options& options, MPI_Comm communicator) {
  return std::make_unique<Store<V>>(layout, options, communicator);
}

AnyStore open(adapm_element element, const ValueLayout& layout, const Options& options,
                         MPI_Comm communicator) {
  switch (element) {
    case ADAPM_FLOAT:
      return open<float>(layout, options, communicator);
    case ADAPM_DOUBLE:
      return open<double>(layout, options, communicator);
    case ADAPM_INT64:
      return open<std::int64_t>(layout, options, communicator);
  }
  throw UsageError("element " + std::to_string(element) +
                   " is none of ADAPM_FLOAT, ADAPM_DOUBLE, ADAPM_INT64");
}

void open(adapm_store** handle, adapm_element element, const ValueLayout& layout,
          const adapm_options* options, MPI_Comm communicator) {
  adapm_store*& opened = given(handle, "store");
  const Options chosen = options != nullptr ? options->options : options_from_environment();
  opened = new adapm_store{open(element, layout, chosen, communicator)};
}

ValueLayout per_key(std::uint64_t num_keys, const std::uint32_t* lengths) {
  const auto each = array(lengths, num_keys, "lengths");
  return ValueLayout::per_key({each.begin(), each.end()});
}

Reduction reduction(adapm_reduction reduction) {
  switch (reduction) {
    case ADAPM_SUM:
      return Reduction::sum;
    case ADAPM_MIN:
      return Reduction::min;
    case ADAPM_MAX:
      return Reduction::max;
  }
  throw UsageError("reduction " + std::to_string(reduction) + " is none of ADAPM_SUM, ADAPM_MIN, ADAPM_MAX");
}

void write(const Statistics& counted, adapm_statistic* statistics) {
  given(statistics, "statistics");
  const auto names = statistic_names();
  const std::vector<double> values = to_doubles(counted);
  for (std::size_t i = 0; i < names.size(); ++i) statistics[i] = {names[i], values[i]};
  statistics[names.size()] = {"seconds", counted.seconds};
}

/// A distribution of the program's.
class Callback final : public Distribution {
 public:
  Callback(adapm_draw function, void* context, KeyRange range)
      : function_(function), context_(context), range_(range) {
    if (function == nullptr) throw UsageError("draw is a null pointer");
  }
  Key draw(Generator& random) const override {
    return function_(context_, reinterpret_cast<adapm_generator*>(&random));
  }
  [[nodiscard]] std::optional<KeyRange> range() const override {
    return range_.begin < range_.end ? std::optional(range_) : std::nullopt;
  }

 private:
  const adapm_draw function_;
  void* const context_;
  const KeyRange range_;
};

template <class D, class... Arguments>
adapm_status set_distribution(adapm_store* handle, Arguments... arguments) {
  return guarded([&] {
    with_store(handle, [&](auto& store) { store.set_distribution(std::make_shared<const D>(arguments...)); });
  });
}

Generator& generator(adapm_generator* random) { return *reinterpret_cast<Generator*>(random); }

}  // namespace

}  // namespace adapm::c

using namespace adapm::c;

// --- opening and closing
// -------------------------------------------------------------------------------------------

adapm_status adapm_initialize_mpi(void) {
  return guarded([] { adapm::initialize_mpi(); });
}

adapm_status adapm_store_open(adapm_store** store, adapm_element element, uint64_t num_keys, size_t length,
                              const adapm_options* options, MPI_Comm communicator) {
  return guarded(
      [&] { open(store, element, adapm::ValueLayout::uniform(num_keys, length), options, communicator); });
}

adapm_status adapm_store_open_per_key(adapm_store** store, adapm_element element, uint64_t num_keys,
                                      const uint32_t* lengths, const adapm_options* options,
                                      MPI_Comm communicator) {
  return guarded([&] { open(store, element, per_key(num_keys, lengths), options, communicator); });
}

adapm_status adapm_store_open_fortran(adapm_store** store, adapm_element element, uint64_t num_keys,
                                      size_t length, const uint32_t* lengths, const adapm_options* options,
                                      MPI_Fint communicator) {
  const MPI_Comm all = MPI_Comm_f2c(communicator);
  return lengths != nullptr ? adapm_store_open_per_key(store, element, num_keys, lengths, options, all)
                            : adapm_store_open(store, element, num_keys, length, options, all);
}

adapm_status adapm_store_close(adapm_store* store) {
  bool refused = true;
  const adapm_status status = guarded([&] {
    const int workers = given(store, "store").num_workers;
    if (workers > 0)
      throw adapm::UsageError("the store still has " + std::to_string(workers) +
                              " workers here; close them first");
    refused = false;
    with_store(store, [](auto& closing) { closing.close(); });
  });
  if (!refused) delete store;
  return status;
}

// --- questions
// -----------------------------------------------------------------------------------------------------

int adapm_store_rank(const adapm_store* store) {
  return ask_store(store, [](const auto& s) { return s.rank(); });
}

int adapm_store_num_ranks(const adapm_store* store) {
  return ask_store(store, [](const auto& s) { return s.num_ranks(); });
}

adapm_element adapm_store_element(const adapm_store* store) {
  return store != nullptr ? static_cast<adapm_element>(store->store.index()) : ADAPM_FLOAT;
}

uint64_t adapm_store_num_keys(const adapm_store* store) {
  return ask_store(store, [](const auto& s) { return s.layout().num_keys(); });
}

size_t adapm_store_length(const adapm_store* store, adapm_key key) {
  return ask_store(store,
                    [&](const auto& s) { return key < s.layout().num_keys() ? s.layout().length(key) : 0; });
}

size_t adapm_num_statistics(void) {
  size_t number = 0;
  guarded([&] { number = adapm::statistic_names().size() + 1; });  // and the seconds
  return number;
}

adapm_status adapm_store_statistics(adapm_store* store, adapm_statistic* statistics) {
  return guarded([&] { with_store(store, [&](auto& s) { write(s.statistics(), statistics); }); });
}

// --- together
// ------------------------------------------------------------------------------------------------------

adapm_status adapm_store_total_statistics(adapm_store* store, adapm_statistic* statistics) {
  return guarded([&] { with_store(store, [&](auto& s) { write(s.total_statistics(), statistics); }); });
}

adapm_status adapm_store_barrier(adapm_store* store) {
  return guarded([&] { with_store(store, [](auto& s) { s.barrier(); }); });
}

adapm_status adapm_store_allreduce(adapm_store* store, double* values, size_t num_values,
                                   adapm_reduction how) {
  return guarded([&] {
    with_store(store, [&](auto& s) { s.allreduce(array(values, num_values, "values"), reduction(how)); });
  });
}

adapm_status adapm_store_save(adapm_store* store, const char* folder, const void* state, size_t state_bytes,
                              size_t keep_last, uint64_t* number) {
  return guarded([&] {
    const auto bytes = array(static_cast<const char*>(state), state_bytes, "state");
    const std::string_view text(bytes.data(), bytes.size());
    const std::filesystem::path where(&given(folder, "folder"));
    with_store(store, [&](auto& s) {
      const std::uint64_t saved = s.save(where, text, keep_last);
      if (number != nullptr) *number = saved;
    });
  });
}

adapm_status adapm_store_load(adapm_store* store, const char* folder, uint64_t* number, size_t* num_states) {
  return guarded([&] {
    const std::filesystem::path where(&given(folder, "folder"));
    given(number, "number") = 0;
    given(num_states, "num_states") = 0;
    with_store(store, [&](auto& s) {
      auto loaded = s.load(where);
      if (!loaded) return;
      store->states = std::move(loaded->states);
      *number = loaded->number;
      *num_states = store->states.size();
    });
  });
}

const void* adapm_store_state(const adapm_store* store, size_t rank, size_t* state_bytes) {
  const bool exists = store != nullptr && rank < store->states.size();
  if (state_bytes != nullptr) *state_bytes = exists ? store->states[rank].size() : 0;
  return exists ? store->states[rank].data() : nullptr;
}

adapm_status adapm_store_interrupt(adapm_store* store) {
  return guarded([&] { with_store(store, [](auto& s) { s.interrupt(); }); });
}

uint64_t adapm_store_interruptions(const adapm_store* store) {
  return ask_store(store, [](const auto& s) { return s.interruptions(); });
}

void adapm_store_fail(adapm_store* store, const char* reason) {
  guarded([&] {
    with_store(store, [&](auto& s) { s.fail(reason != nullptr ? reason : "the program gave no reason"); });
  });
}

// --- distributions
// -------------------------------------------------------------------------------------------------

adapm_status adapm_store_set_uniform_distribution(adapm_store* store, adapm_key begin, adapm_key end) {
  return set_distribution<adapm::UniformDistribution>(store, begin, end);
}

adapm_status adapm_store_set_log_uniform_distribution(adapm_store* store, adapm_key begin, adapm_key end) {
  return set_distribution<adapm::LogUniformDistribution>(store, begin, end);
}

adapm_status adapm_store_set_weighted_distribution(adapm_store* store, const double* weights,
                                                   size_t num_weights, adapm_key first, adapm_key stride) {
  return guarded([&] {
    const auto all = array(weights, num_weights, "weights");
    const auto distribution = std::make_shared<const adapm::AliasDistribution>(all, first, stride);
    with_store(store, [&](auto& s) { s.set_distribution(distribution); });
  });
}

adapm_status adapm_store_set_distribution(adapm_store* store, adapm_draw draw, void* context, adapm_key begin,
                                          adapm_key end) {
  return set_distribution<Callback>(store, draw, context, adapm::KeyRange{begin, end});
}

uint64_t adapm_generator_bits(adapm_generator* random) { return generator(random)(); }
uint64_t adapm_generator_below(adapm_generator* random, uint64_t bound) {
  return generator(random).below(bound);
}
double adapm_generator_uniform(adapm_generator* random) { return generator(random).uniform(); }
