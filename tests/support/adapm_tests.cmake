# How tests are declared. Programs go to <build>/tests.
#
#   adapm_add_test(NAME n SOURCES a.cpp ... LABELS unit [ARGS ...] [ENV A=1 ...] [TIMEOUT s])
#     A Catch2 program without MPI, linked with the library and its internal headers, and one ctest entry n.
#     Without SOURCES: another entry for the program of an earlier call, EXECUTABLE names that one's NAME.
#
#   adapm_add_mpi_test(NAME n SOURCES a.cpp ... RANKS 1 2 3 4 LABELS mpi [VARIANTS shared own_host ...]
#                      [ARGS ...] [ENV A=1 ...] [TIMEOUT s])
#     The same under mpiexec against the public headers only: one ctest entry per rank count and variant, named
#     mpi.n.r<ranks>.<variant>. The variants are rows of the table below; the default is `shared own_host`.
#
#   adapm_add_mpi_script(NAME n SCRIPT s.sh [PROGRAMS target ...] LABELS mpi [ENV ...] [TIMEOUT s])
#     A bash script that starts mpiexec itself and runs these programs. It gets the build's program folders as
#     ADAPM_TEST_BIN and ADAPM_BIN and is skipped if it ends with 77.

# What a variant sets in the environment (the library's option sys.X.Y is the variable ADAPM_X_Y).
set(ADAPM_VARIANT_shared "")
set(ADAPM_VARIANT_own_host ADAPM_ONE_HOST_PER_RANK=1)
set(ADAPM_VARIANT_replication_only ADAPM_TECHNIQUES=replication_only ADAPM_ONE_HOST_PER_RANK=1)
set(ADAPM_VARIANT_relocation_only ADAPM_TECHNIQUES=relocation_only ADAPM_ONE_HOST_PER_RANK=1)
set(ADAPM_VARIANT_no_hints ADAPM_LOCATION_HINTS=0 ADAPM_ONE_HOST_PER_RANK=1)
set(ADAPM_VARIANT_no_hints_shared ADAPM_LOCATION_HINTS=0)
set(ADAPM_VARIANT_untimed ADAPM_TIME_INTENT_ACTIONS=0 ADAPM_ONE_HOST_PER_RANK=1)
set(ADAPM_VARIANT_messages ADAPM_ONE_SIDED=0 ADAPM_ONE_HOST_PER_RANK=1)
set(ADAPM_VARIANT_grid ADAPM_GRID_EXCHANGE=2 ADAPM_ONE_HOST_PER_RANK=1)
set(ADAPM_VARIANT_spin ADAPM_PROGRESS=spin)

# mpiexec as tests need it: more ranks than cores, threads free to move, also as root.
set(ADAPM_MPIEXEC "${MPIEXEC_EXECUTABLE}")
execute_process(COMMAND "${MPIEXEC_EXECUTABLE}" --version OUTPUT_VARIABLE version ERROR_QUIET)
if(version MATCHES "Open MPI|OpenRTE")
  list(APPEND ADAPM_MPIEXEC --oversubscribe --bind-to none)
endif()
set(ADAPM_MPI_ENV
  OMPI_ALLOW_RUN_AS_ROOT=1
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  OMPI_MCA_mpi_yield_when_idle=1
  OMPI_MCA_btl_base_warn_component_unused=0)

# Sanitizers: reports are failures; what Open MPI leaks is not ours. Slower programs are given less to do and more time.
# Before g++ 13, what stands before a thread's block of a library's variables can be taken for the header that glibc wrote
# before 2.25, and the search for leaks then crashes ("Tracer caught signal 11"): so it does not follow such blocks.
set(ADAPM_TEST_ENV
  "ASAN_OPTIONS=detect_stack_use_after_return=1:intercept_tls_get_addr=0"
  "LSAN_OPTIONS=suppressions=${CMAKE_CURRENT_LIST_DIR}/leaks.supp:print_suppressions=0"
  "UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1"
  "TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1")
set(ADAPM_TEST_TIME_FACTOR 1)
set(ADAPM_TEST_LAUNCHER "")
if(ADAPM_SANITIZE)
  list(APPEND ADAPM_TEST_ENV ADAPM_TEST_EFFORT=0.1)
  set(ADAPM_TEST_TIME_FACTOR 3)
endif()
if(ADAPM_SANITIZE MATCHES "thread")
  # Kernels that randomise more address bits than g++ 12's thread sanitizer expects need this; some containers forbid it.
  execute_process(COMMAND setarch --addr-no-randomize true RESULT_VARIABLE failed OUTPUT_QUIET ERROR_QUIET)
  if(NOT failed)
    set(ADAPM_TEST_LAUNCHER setarch --addr-no-randomize)
  endif()
endif()

# What the sanitizer presets build: the programs of the tests labelled unit or protocol, and with those labelled asan.
add_custom_target(tests_without_mpi)
add_custom_target(tests_asan)
add_dependencies(tests_asan tests_without_mpi)

function(adapm_note_sanitized target labels)
  if("unit" IN_LIST labels OR "protocol" IN_LIST labels)
    add_dependencies(tests_without_mpi ${target})
  endif()
  if("asan" IN_LIST labels)
    add_dependencies(tests_asan ${target})
  endif()
endfunction()

function(adapm_add_test_program target)
  add_executable(${target} ${ARGN})
  target_link_libraries(${target} PRIVATE adapm adapm_project_settings)
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
endfunction()

function(adapm_set_test_properties test labels environment timeout)
  math(EXPR timeout "${timeout} * ${ADAPM_TEST_TIME_FACTOR}")
  math(EXPR watchdog "${timeout} - 10")
  set_tests_properties(${test} PROPERTIES
    LABELS "${labels}"
    ENVIRONMENT "${ADAPM_TEST_ENV};ADAPM_TEST_WATCHDOG_SECONDS=${watchdog};${environment}"
    TIMEOUT ${timeout})
endfunction()

function(adapm_add_test)
  cmake_parse_arguments(PARSE_ARGV 0 T "" "NAME;EXECUTABLE;TIMEOUT" "SOURCES;LABELS;ARGS;ENV")
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 120)
  endif()
  if(T_SOURCES)
    set(T_EXECUTABLE ${T_NAME})
    adapm_add_test_program(test_${T_NAME} ${T_SOURCES})
    target_link_libraries(test_${T_NAME} PRIVATE adapm_test_main adapm_catch_runner)
    target_include_directories(test_${T_NAME} PRIVATE "${PROJECT_SOURCE_DIR}/libadapm/src")
  endif()
  adapm_note_sanitized(test_${T_EXECUTABLE} "${T_LABELS}")
  add_test(NAME ${T_NAME} COMMAND ${ADAPM_TEST_LAUNCHER} $<TARGET_FILE:test_${T_EXECUTABLE}> ${T_ARGS})
  adapm_set_test_properties(${T_NAME} "${T_LABELS}" "${T_ENV}" ${T_TIMEOUT})
endfunction()

function(adapm_add_mpi_test)
  cmake_parse_arguments(PARSE_ARGV 0 T "" "NAME;EXECUTABLE;TIMEOUT" "SOURCES;RANKS;VARIANTS;LABELS;ARGS;ENV")
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 120)
  endif()
  if(NOT T_VARIANTS)
    set(T_VARIANTS shared own_host)
  endif()
  if(T_SOURCES)
    set(T_EXECUTABLE ${T_NAME})
    adapm_add_test_program(mpi_test_${T_NAME} ${T_SOURCES})
    target_link_libraries(mpi_test_${T_NAME} PRIVATE adapm_mpi_test_main adapm_catch_runner)
  endif()
  adapm_note_sanitized(mpi_test_${T_EXECUTABLE} "${T_LABELS}")
  foreach(ranks IN LISTS T_RANKS)
    foreach(variant IN LISTS T_VARIANTS)
      set(test mpi.${T_NAME}.r${ranks}.${variant})
      add_test(NAME ${test}
        COMMAND ${ADAPM_MPIEXEC} -n ${ranks} $<TARGET_FILE:mpi_test_${T_EXECUTABLE}> ${T_ARGS})
      adapm_set_test_properties(${test} "${T_LABELS}" "${ADAPM_MPI_ENV};${ADAPM_VARIANT_${variant}};${T_ENV}"
        ${T_TIMEOUT})
      # One MPI job at a time: ranks that share cores with another job's make no progress worth testing.
      set_tests_properties(${test} PROPERTIES RUN_SERIAL TRUE)
    endforeach()
  endforeach()
endfunction()

function(adapm_add_mpi_script)
  cmake_parse_arguments(PARSE_ARGV 0 T "" "NAME;SCRIPT;TIMEOUT" "PROGRAMS;LABELS;ENV")
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 120)
  endif()
  foreach(program IN LISTS T_PROGRAMS)
    if(NOT TARGET ${program})
      message(FATAL_ERROR "${T_SCRIPT} runs the program ${program}, which is not a target")
    endif()
  endforeach()
  set(test mpi.${T_NAME})
  add_test(NAME ${test} COMMAND bash "${CMAKE_CURRENT_SOURCE_DIR}/${T_SCRIPT}")
  adapm_set_test_properties(${test} "${T_LABELS}"
    "${ADAPM_MPI_ENV};MPIEXEC=${MPIEXEC_EXECUTABLE};ADAPM_TEST_BIN=${PROJECT_BINARY_DIR}/tests;ADAPM_BIN=${PROJECT_BINARY_DIR}/bin;${T_ENV}"
    ${T_TIMEOUT})
  set_tests_properties(${test} PROPERTIES RUN_SERIAL TRUE SKIP_RETURN_CODE 77)
endfunction()
