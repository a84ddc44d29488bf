// Catch2's implementation, in a file of its own because compiling it takes long.
#define CATCH_CONFIG_RUNNER
#include "support/catch_runner.hpp"

#include <catch2/catch.hpp>

namespace adapm::test {

int run_catch(int argc, char** argv) {
  Catch::Session session;
  if (const int code = session.applyCommandLine(argc, argv); code != 0) return code;
  session.configData().warnings =
      static_cast<Catch::WarnAbout::What>(session.configData().warnings | Catch::WarnAbout::NoTests);
  const bool empty = Catch::getRegistryHub().getTestCaseRegistry().getAllTests().empty();
  const int code = session.run();
  return empty && code == 0 ? 2 : code;
}

}  // namespace adapm::test
