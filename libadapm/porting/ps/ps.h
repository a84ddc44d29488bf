// AdaPM's interface on libadapm: a program written for AdaPM is compiled against this header, unchanged, as
// C++14 or later, and started by mpirun. docs/porting.md tells what is different.
#pragma once

// What programs expect to have been included.
#include <algorithm>
#include <atomic>
#include <boost/program_options.hpp>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <memory>
#include <mutex>
#include <queue>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "ps/base.h"
#include "ps/logging.h"
#include "ps/options.h"
#include "ps/postoffice.h"
#include "ps/server.h"
#include "ps/worker.h"
#include "utils.h"
