// The main of tests without MPI.
#include "support/catch_runner.hpp"

int main(int argc, char** argv) { return adapm::test::run_catch(argc, argv); }
