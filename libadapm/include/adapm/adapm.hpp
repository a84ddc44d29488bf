/// @file
/// Everything a program needs.
#pragma once

#include "adapm/checkpoint.hpp"
#include "adapm/error.hpp"
#include "adapm/options.hpp"
#include "adapm/sampling.hpp"
#include "adapm/statistics.hpp"
#include "adapm/store.hpp"
#include "adapm/types.hpp"
#include "adapm/value_layout.hpp"
#include "adapm/worker.hpp"

/// @mainpage Interface
/// C++: the namespace adapm, all of it by `adapm/adapm.hpp`. Begin with adapm::Store and adapm::Worker.
///
/// C: adapm.h. Fortran: the module adapm, whose procedures have the names of the C++ interface.

/// The library: a Store of values, and a Worker for each thread that uses them.
namespace adapm {}
