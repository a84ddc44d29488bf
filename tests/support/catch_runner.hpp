#pragma once

namespace adapm::test {

/// Runs the test cases of this program as Catch2's command line says, and returns the exit code. Running no test case
/// at all is a failure.
int run_catch(int argc, char** argv);

}  // namespace adapm::test
