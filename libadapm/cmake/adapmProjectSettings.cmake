# What every target of this project is compiled with: an interface target, so
# that consumers of the installed library get none of it.
add_library(adapm_project_settings INTERFACE)
target_compile_features(adapm_project_settings INTERFACE cxx_std_20)
target_compile_options(adapm_project_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
  -Wnon-virtual-dtor -Woverloaded-virtual
  $<$<CXX_COMPILER_ID:GNU>:-Wsuggest-override>
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>
  $<$<BOOL:${ADAPM_WERROR}>:-Werror>
  $<$<BOOL:${ADAPM_NATIVE}>:-march=native>)

if(ADAPM_BUILD_FUZZERS)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "ADAPM_BUILD_FUZZERS needs clang: cmake --preset fuzz")
  endif()
  target_compile_options(adapm_project_settings INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(ADAPM_SANITIZE)
  target_compile_options(adapm_project_settings INTERFACE
    -fsanitize=${ADAPM_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(adapm_project_settings INTERFACE -fsanitize=${ADAPM_SANITIZE})
endif()
