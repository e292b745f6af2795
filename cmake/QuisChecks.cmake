# The checks that ctest runs beside the unit tests (label `check`): layers, headers, format, package, README.

option(QUIS_CHECKS "Register the checks of the source tree and the package with ctest" ON)
if(NOT QUIS_CHECKS)
  return()
endif()
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(checks "${PROJECT_SOURCE_DIR}/cmake/checks")
set(only_third_party_in_public_headers tl/expected.hpp)

function(quis_check name)
  add_test(NAME check.${name} COMMAND ${ARGN} WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
  set_tests_properties(check.${name} PROPERTIES LABELS check SKIP_RETURN_CODE 77 TIMEOUT 900)
endfunction()

# Layers: each room with all that lies below it.
get_property(rooms GLOBAL PROPERTY QUIS_ROOMS)
set(layers --top cli --system ${only_third_party_in_public_headers})
foreach(room IN LISTS rooms)
  quis_lower_rooms(${room} below)
  list(JOIN below "," below)
  list(APPEND layers --room "${room}:${below}")
endforeach()
quis_check(layers "${Python3_EXECUTABLE}" "${checks}/layers.py" --root "${PROJECT_SOURCE_DIR}" ${layers})
quis_check(layers_selftest "${Python3_EXECUTABLE}" "${checks}/layers_selftest.py")

# Public headers: each alone, and what it costs.
set(headers "${Python3_EXECUTABLE}" "${checks}/headers.py")
set(headers_options --include "${PROJECT_SOURCE_DIR}/include" --compiler "${CMAKE_CXX_COMPILER}")
get_target_property(third_party tl::expected INTERFACE_INCLUDE_DIRECTORIES)
list(REMOVE_ITEM third_party ${CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES})
list(REMOVE_DUPLICATES third_party)
foreach(folder IN LISTS third_party)
  list(APPEND headers_options --include-path "${folder}")
endforeach()
quis_check(headers_stand_alone ${headers} stand-alone ${headers_options})
quis_check(include_cost ${headers} cost ${headers_options} --budget 66000)

# That each mutant of `make mutants` still is one.
quis_check(mutants "${Python3_EXECUTABLE}" "${checks}/mutants.py" --root "${PROJECT_SOURCE_DIR}")

quis_check(format "${Python3_EXECUTABLE}" "${checks}/format.py" --root "${PROJECT_SOURCE_DIR}")

# The installed package, as a host finds it.
if(QUIS_INSTALL)
  list(JOIN rooms "," room_list)
  add_test(NAME package.consumer
           COMMAND "${CMAKE_COMMAND}" "-DBUILD=${PROJECT_BINARY_DIR}" "-DSOURCE=${PROJECT_SOURCE_DIR}/tests/package"
                   "-DWORK=${PROJECT_BINARY_DIR}/package/consumer" "-DVERSION=${PROJECT_VERSION}"
                   "-DCOMPILER=${CMAKE_CXX_COMPILER}" "-DFLAGS=${CMAKE_CXX_FLAGS}" "-DROOMS=${room_list}"
                   -P "${checks}/package_consumer.cmake")
  set_tests_properties(package.consumer PROPERTIES LABELS check TIMEOUT 900 RESOURCE_LOCK build_tree)
endif()

# The README's code, compiled by the target `readme_snippets`.
set(readme "${PROJECT_SOURCE_DIR}/README.md")
if(EXISTS "${readme}")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${readme}" "${checks}/readme_snippets.py")
  set(snippet_dir "${PROJECT_BINARY_DIR}/readme_snippets")
  execute_process(COMMAND "${Python3_EXECUTABLE}" "${checks}/readme_snippets.py" "${readme}" "${snippet_dir}"
                  COMMAND_ERROR_IS_FATAL ANY)
  file(GLOB snippets "${snippet_dir}/snippet_*.cpp")
  if(snippets)
    add_library(readme_snippets OBJECT EXCLUDE_FROM_ALL ${snippets})
    target_link_libraries(readme_snippets PRIVATE quis::quis)
    target_compile_options(readme_snippets PRIVATE -Wno-unused -Wno-unused-result)
    quis_check(readme_snippets "${CMAKE_COMMAND}" --build "${PROJECT_BINARY_DIR}" --target readme_snippets)
    set_tests_properties(check.readme_snippets PROPERTIES RESOURCE_LOCK build_tree)
  endif()
endif()
