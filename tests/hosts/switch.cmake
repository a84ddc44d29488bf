# The network of hosts.sh: for tests, and for the benchmark of slow networks.
include_guard(GLOBAL)
add_executable(switch "${CMAKE_CURRENT_LIST_DIR}/switch.cpp")
target_link_libraries(switch PRIVATE adapm_project_settings)
set_target_properties(switch PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
