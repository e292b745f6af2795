# A room is one folder of the library and one CMake target:
#
#   include/quis/<room>/*.hpp   what a host may include
#   src/<room>/*.{cpp,hpp}      the rest; private headers are included as "<room>/<file>.hpp"
#   tests/<room>/*_test.cpp     its tests
#
# Files are found by globbing at build time, so adding one needs no edit here. A room without a .cpp is an interface
# library. Target `quis_<room>`, alias and export name `quis::<room>`.

include(GNUInstallDirs)

# quis_room(<name> [DEPENDS <room>...] [PUBLIC <target>...] [PRIVATE <target>...])
#
# DEPENDS   rooms on lower floors, as seen by users of the headers
# PUBLIC    third-party targets that public headers include
# PRIVATE   third-party targets that only sources include
function(quis_room name)
  cmake_parse_arguments(PARSE_ARGV 1 room "" "" "DEPENDS;PUBLIC;PRIVATE")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/${name}/*.cpp")
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/include/quis/${name}/*.hpp")
  set(target quis_${name})
  list(TRANSFORM room_DEPENDS PREPEND "quis::" OUTPUT_VARIABLE lower_rooms)

  if(sources)
    set(scope PUBLIC)
    add_library(${target} ${sources})
    target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/src")
    target_link_libraries(${target} PRIVATE ${room_PRIVATE})
    quis_precompile(${target})
  else()
    set(scope INTERFACE)
    set(room_PRIVATE "")
    add_library(${target} INTERFACE)
  endif()
  add_library(quis::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name} VERSION ${PROJECT_VERSION}
                                             SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
                                             INSTALL_RPATH "\$ORIGIN")
  target_compile_features(${target} ${scope} cxx_std_20)
  target_link_libraries(${target} ${scope} ${lower_rooms} ${room_PUBLIC})
  target_sources(${target} ${scope} FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}/include" FILES ${headers})

  # What the layer check, the tests and the package are generated from.
  set_property(GLOBAL APPEND PROPERTY QUIS_ROOMS ${name})
  set_property(GLOBAL PROPERTY QUIS_${name}_DEPENDS ${room_DEPENDS})
  set_property(GLOBAL PROPERTY QUIS_${name}_PUBLIC ${room_PUBLIC})
  set_property(GLOBAL PROPERTY QUIS_${name}_PRIVATE ${room_PRIVATE})
  set_property(GLOBAL PROPERTY QUIS_${name}_COMPILED ${sources})
endfunction()

# `quis::quis`: every room declared so far, and the umbrella headers that stand directly in include/quis/.
function(quis_umbrella)
  get_property(rooms GLOBAL PROPERTY QUIS_ROOMS)
  list(TRANSFORM rooms PREPEND "quis::")
  file(GLOB headers CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/include/quis/*.hpp")
  add_library(quis_all INTERFACE)
  add_library(quis::quis ALIAS quis_all)
  set_target_properties(quis_all PROPERTIES EXPORT_NAME quis)
  target_link_libraries(quis_all INTERFACE ${rooms})
  target_sources(quis_all INTERFACE FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}/include" FILES ${headers})
endfunction()

# quis_tool(<room> [PRIVATE <target>...]): the executable `quis` from src/<room>/, exported as quis::tool. Everything but
# main.cpp goes into the internal library `quis_<room>`, which the room's tests link.
function(quis_tool name)
  cmake_parse_arguments(PARSE_ARGV 1 room "" "" "PRIVATE")
  set(entry "${PROJECT_SOURCE_DIR}/src/${name}/main.cpp")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/${name}/*.cpp")
  if(NOT entry IN_LIST sources)
    return()
  endif()
  list(REMOVE_ITEM sources "${entry}")

  add_executable(quis "${entry}")
  target_include_directories(quis PRIVATE "${PROJECT_SOURCE_DIR}/src")
  target_compile_definitions(quis PRIVATE QUIS_VERSION="${PROJECT_VERSION}")
  target_link_libraries(quis PRIVATE quis::quis ${room_PRIVATE})
  if(sources)
    add_library(quis_${name} STATIC ${sources})
    target_include_directories(quis_${name} PUBLIC "${PROJECT_SOURCE_DIR}/src")
    target_compile_definitions(quis_${name} PRIVATE QUIS_VERSION="${PROJECT_VERSION}")
    target_link_libraries(quis_${name} PUBLIC quis::quis ${room_PRIVATE})
    target_link_libraries(quis PRIVATE quis_${name})
    quis_precompile(quis_${name})
  endif()
  add_executable(quis::tool ALIAS quis)
  set_target_properties(quis PROPERTIES EXPORT_NAME tool INSTALL_RPATH "\$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")
  set_property(GLOBAL PROPERTY QUIS_TOOL_ROOM ${name})
endfunction()

# Compiles the headers that most sources of a target include, and that are not ours, once: they are what building a room
# spends most of its time on. `more` are those that only this target has.
function(quis_precompile target)
  if(QUIS_PRECOMPILED_HEADERS)
    target_precompile_headers(${target} PRIVATE
      <algorithm> <array> <functional> <memory> <optional> <span> <string> <string_view> <unordered_map> <vector>
      <tl/expected.hpp> <fmt/format.h> <boost/json.hpp> ${ARGN})
  endif()
endfunction()

# The rooms that `name` may include besides itself: its DEPENDS and theirs.
function(quis_lower_rooms name result)
  get_property(direct GLOBAL PROPERTY QUIS_${name}_DEPENDS)
  set(all ${direct})
  foreach(room IN LISTS direct)
    quis_lower_rooms(${room} below)
    list(APPEND all ${below})
  endforeach()
  list(REMOVE_DUPLICATES all)
  set(${result} ${all} PARENT_SCOPE)
endfunction()
