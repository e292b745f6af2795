# Installs the build into a fresh prefix and builds tests/package/ against it, once as a CMake package, once per
# component alone, once through pkg-config; and configures it with the sources as a subdirectory. What a host would
# meet, this meets first.
#
#   cmake -DBUILD=... -DSOURCE=... -DWORK=... -DVERSION=... -DCOMPILER=... -DFLAGS=... -DROOMS=a,b -P package_consumer.cmake

file(REMOVE_RECURSE "${WORK}")
string(REPLACE "," ";" ROOMS "${ROOMS}")

function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    list(JOIN ARGV " " line)
    message(FATAL_ERROR "failed (${result}): ${line}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

run("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${WORK}/installed")
# Moved after it was installed: nothing in it may remember where it was.
file(RENAME "${WORK}/installed" "${WORK}/prefix")

set(configure "${CMAKE_COMMAND}" -S "${SOURCE}" -G Ninja "-DCMAKE_PREFIX_PATH=${WORK}/prefix" "-DCMAKE_CXX_FLAGS=${FLAGS}"
    "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DQUIS_WANTED_VERSION=${VERSION}")
run(${configure} -B "${WORK}/whole")
run("${CMAKE_COMMAND}" --build "${WORK}/whole")
run("${WORK}/whole/consumer")
message(STATUS "find_package(quis): built and ran")

foreach(room IN LISTS ROOMS)
  run(${configure} -B "${WORK}/${room}" "-DQUIS_ONLY=${room}")
  run("${CMAKE_COMMAND}" --build "${WORK}/${room}")
  message(STATUS "find_package(quis COMPONENTS ${room}): configured and built")
endforeach()

cmake_path(SET top NORMALIZE "${SOURCE}/../..")
run(${configure} -B "${WORK}/subdirectory" "-DQUIS_SUBDIRECTORY=${top}")
message(STATUS "add_subdirectory: configured, libraries alone")

if(EXISTS "${WORK}/prefix/bin/quis")
  run("${WORK}/prefix/bin/quis" --help)
  run("${WORK}/whole/native")
  message(STATUS "the installed tool runs, and has compiled policies into a host")
endif()

find_program(pkg_config NAMES pkg-config pkgconf)
file(GLOB_RECURSE pc "${WORK}/prefix/*/quis.pc")
if(NOT pc)
  message(FATAL_ERROR "quis.pc was not installed")
elseif(pkg_config)
  cmake_path(GET pc PARENT_PATH pc_dir)
  set(ENV{PKG_CONFIG_PATH} "${pc_dir}")
  run("${pkg_config}" --cflags --libs quis)
  separate_arguments(flags UNIX_COMMAND "${FLAGS} ${output}")
  run("${COMPILER}" -std=c++20 "${SOURCE}/main.cpp" -o "${WORK}/by_pkg_config" ${flags})
  run("${CMAKE_COMMAND}" -E env "LD_LIBRARY_PATH=${pc_dir}/.." "${WORK}/by_pkg_config")
  message(STATUS "pkg-config quis: built and ran")
endif()
