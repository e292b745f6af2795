# Each tests/fuzz/<name>_fuzz.cpp defines LLVMFuzzerTestOneInput and becomes the executable `<name>_fuzz`.
#
# With QUIS_BUILD_FUZZERS it is a libFuzzer program (preset `fuzz`). In any other build the same source is linked with
# tests/fuzz/replay_main.cpp, and ctest `fuzz.<name>` replays the corpus tests/fuzz/corpus/<name>/: an input that once
# broke something is a regression test for ever.

file(GLOB fuzzers CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/fuzz/*_fuzz.cpp")
foreach(source IN LISTS fuzzers)
  cmake_path(GET source STEM target)
  string(REGEX REPLACE "_fuzz$" "" name "${target}")
  if(name STREQUAL policy_tests AND NOT TARGET quis_cli)
    continue()  # it reads what only the tool reads
  endif()
  add_executable(${target} "${source}")
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/src")
  target_link_libraries(${target} PRIVATE quis::quis Boost::json fmt::fmt)
  if(name STREQUAL policy_tests)
    target_link_libraries(${target} PRIVATE quis_cli)
  endif()
  if(QUIS_BUILD_FUZZERS)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(${target} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/fuzz/replay_main.cpp")
    add_test(NAME fuzz.${name} COMMAND ${target} "${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus/${name}")
    set_tests_properties(fuzz.${name} PROPERTIES LABELS "unit;fuzz" TIMEOUT 300)
  endif()
endforeach()
