// Everything a program needs.
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
