# The library in the prefix: headers, static and shared, and its descriptions for CMake and pkg-config. These find the rest
# by relative paths, so the prefix may be moved.
include(CMakePackageConfigHelpers)

adapm_add_library(adapm_shared SHARED)
set_target_properties(adapm_shared PROPERTIES
  VERSION ${PROJECT_VERSION}
  # Before version 1.0 the interface may change with every minor version.
  SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
  INSTALL_RPATH_USE_LINK_PATH ON)

# What consumers link, by language.
add_library(adapm_cxx INTERFACE)
target_link_libraries(adapm_cxx INTERFACE adapm_shared adapm_cxx_headers)
add_library(adapm_c INTERFACE)
target_link_libraries(adapm_c INTERFACE adapm_shared adapm_headers MPI::MPI_C)

set_target_properties(adapm_headers PROPERTIES EXPORT_NAME headers)
set_target_properties(adapm_cxx_headers PROPERTIES EXPORT_NAME cxx_headers)
set_target_properties(adapm_shared PROPERTIES EXPORT_NAME shared)
set_target_properties(adapm PROPERTIES EXPORT_NAME static)
set_target_properties(adapm_cxx PROPERTIES EXPORT_NAME adapm)
set_target_properties(adapm_c PROPERTIES EXPORT_NAME c)
install(TARGETS adapm adapm_shared adapm_headers adapm_cxx_headers adapm_cxx adapm_c EXPORT adapmTargets)
if(TARGET adapm_ps)
  set_target_properties(adapm_ps PROPERTIES EXPORT_NAME ps)
  install(TARGETS adapm_ps EXPORT adapmTargets)
endif()
install(DIRECTORY include/ DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(DIRECTORY porting DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/adapm")

# The Fortran module, as source: module files fit one compiler. Fortran has no templates, so what differs in the type of values
# only is written here once for each type.
set(ADAPM_VALUE_PROCEDURES "")
foreach(ADAPM_TYPE IN ITEMS "real(real32)" "real(real64)" "integer(int64)")
  string(REGEX MATCH "[a-z]+[0-9]+" ADAPM_KIND "${ADAPM_TYPE}")
  file(READ ${CMAKE_CURRENT_SOURCE_DIR}/fortran/adapm_values.f90.in procedures)
  string(CONFIGURE "${procedures}" procedures @ONLY)
  string(APPEND ADAPM_VALUE_PROCEDURES "${procedures}")
endforeach()
file(READ ${CMAKE_CURRENT_SOURCE_DIR}/fortran/adapm_c.f90 ADAPM_C_FUNCTIONS)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS fortran/adapm_values.f90.in fortran/adapm_c.f90)
configure_file(fortran/adapm.f90.in "${PROJECT_BINARY_DIR}/adapm.f90" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/adapm.f90" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/adapm")

# For find_package.
set(directory "${CMAKE_INSTALL_LIBDIR}/cmake/adapm")
install(EXPORT adapmTargets NAMESPACE adapm:: DESTINATION "${directory}")
configure_package_config_file(cmake/adapmConfig.cmake.in "${PROJECT_BINARY_DIR}/adapmConfig.cmake"
  INSTALL_DESTINATION "${directory}" PATH_VARS CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/adapmConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/adapmConfig.cmake" "${PROJECT_BINARY_DIR}/adapmConfigVersion.cmake"
  DESTINATION "${directory}")

# For pkg-config.
set(directory "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
file(RELATIVE_PATH ADAPM_PC_PREFIX "/${directory}" "/")
string(REGEX REPLACE "/$" "" ADAPM_PC_PREFIX "${ADAPM_PC_PREFIX}")
foreach(package IN ITEMS adapm adapm-ps)
  configure_file(cmake/${package}.pc.in "${PROJECT_BINARY_DIR}/${package}.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/${package}.pc" DESTINATION "${directory}")
endforeach()
