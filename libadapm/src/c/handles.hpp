// What the handles of the C interface point to: the C++ objects of one of the three elements.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "adapm/adapm.h"
#include "adapm/options.hpp"
#include "adapm/store.hpp"
#include "adapm/worker.hpp"
#include "c/guard.hpp"

namespace adapm::c {

// In the order of adapm_element.
template <class... T>
using OneOf = std::variant<std::unique_ptr<T>...>;
using AnyStore = OneOf<Store<float>, Store<double>, Store<std::int64_t>>;
using AnyWorker = OneOf<Worker<float>, Worker<double>, Worker<std::int64_t>>;

}  // namespace adapm::c

struct adapm_options {
  adapm::Options options;
};

struct adapm_store {
  adapm::c::AnyStore store;
  std::atomic<int> num_workers{0};
  std::vector<std::string> states{};  // of the checkpoint that was loaded last
};

struct adapm_worker {
  adapm::c::AnyWorker worker;
  adapm_store* store;
};

namespace adapm::c {

/// call(store), whatever its element.
template <class Call>
auto with_store(const adapm_store* handle, Call call) {
  return std::visit([&](auto& store) { return call(*store); }, given(handle, "store").store);
}

/// call(store); what a value-initialised result is if there is no store.
template <class Call>
auto ask_store(const adapm_store* handle, Call call) noexcept {
  decltype(with_store(handle, call)) answer{};
  guarded([&] { answer = with_store(handle, call); });
  return answer;
}

/// call(worker), whatever its element.
template <class Call>
auto with_worker(const adapm_worker* handle, Call call) {
  return std::visit([&](auto& worker) { return call(*worker); }, given(handle, "worker").worker);
}

}  // namespace adapm::c
