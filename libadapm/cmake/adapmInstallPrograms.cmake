# The applications and the documents in the prefix.

# adapm_install_programs(FOLDER): the programs that are built there and below, as adapm-NAME, for their own names are words
# that other packages use too.
function(adapm_install_programs folder)
  get_property(targets DIRECTORY "${folder}" PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target IN LISTS targets)
    get_target_property(type ${target} TYPE)
    if(type STREQUAL "EXECUTABLE")
      install(PROGRAMS $<TARGET_FILE:${target}> DESTINATION "${CMAKE_INSTALL_BINDIR}" RENAME adapm-${target})
    endif()
  endforeach()
  get_property(below DIRECTORY "${folder}" PROPERTY SUBDIRECTORIES)
  foreach(subfolder IN LISTS below)
    adapm_install_programs("${subfolder}")
  endforeach()
endfunction()
if(ADAPM_BUILD_APPS)
  adapm_install_programs("${PROJECT_SOURCE_DIR}/apps")
endif()

# Documents as they lie in the source, so that their links hold; with them what they say to start from.
set(documents README.md CHANGELOG.md CONTRIBUTING.md LICENSE apps/README.md scripts/run_local.sh scripts/run_hosts.sh
  scripts/trace_to_perfetto.py scripts/plot_trace.py scripts/trace_files.py)
file(GLOB more CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}" libadapm/docs/*.md
  slurm/* examples/*.* examples/Makefile benchmarks/README.md)
foreach(document IN LISTS documents more)
  get_filename_component(folder "${document}" DIRECTORY)
  set(kind FILES)
  if(document MATCHES "\\.(sh|py)$")
    set(kind PROGRAMS)
  endif()
  install(${kind} "${document}" DESTINATION "${CMAKE_INSTALL_DOCDIR}/${folder}")
endforeach()
