# Defaults that only the owner of the whole build may set: quis itself, never a project that embeds it.

get_property(multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
if(NOT multi_config AND NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(QUIS_CCACHE ccache)
  if(QUIS_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${QUIS_CCACHE}")
    if(QUIS_PRECOMPILED_HEADERS)
      # What ccache asks for to look through precompiled headers.
      list(PREPEND CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros)
      add_compile_options("$<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>")
    endif()
  endif()
endif()
