# The API reference, as HTML: cmake --build BUILD --target reference. Every public name has to be documented.
find_package(Doxygen QUIET)
if(DOXYGEN_FOUND)
  set(ADAPM_REFERENCE_FOLDER "${PROJECT_BINARY_DIR}/reference")
  configure_file("${PROJECT_SOURCE_DIR}/libadapm/docs/Doxyfile.in" "${PROJECT_BINARY_DIR}/Doxyfile" @ONLY)
  add_custom_target(reference
    COMMAND "${CMAKE_COMMAND}" -E make_directory "${ADAPM_REFERENCE_FOLDER}"
    COMMAND Doxygen::doxygen "${PROJECT_BINARY_DIR}/Doxyfile"
    VERBATIM)
endif()
