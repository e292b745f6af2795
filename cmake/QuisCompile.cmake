# Policies compiled ahead of time, for who adds quis as a subdirectory (with QUIS_BUILD_TOOL) and for who finds its package.
#
#   quis_compile_policies(<target> POLICIES <folder or file> [SCHEMA <file>] [ENTITIES <file>] [LINKS <file>]
#                         [NAME <identifier>])
#
# makes a library <target> of what `quis compile` writes, anew whenever one of these files changes, and links it with
# quis::engine. Its header <identifier>.hpp declares `const quis::NativeProgram& <identifier>();` for `quis::use_native`.
# <identifier> is <target> when it is left out. Schema or entities say which actions are in which groups. The digest is that
# of the policies as `PolicySet::from_directory` and `from_file` read them, with the links; so LINKS names templates by
# their place (`teams/policy3`), as the host does, and not by their `@id`.

function(quis_compile_policies target)
  cmake_parse_arguments(PARSE_ARGV 1 of "" "POLICIES;SCHEMA;ENTITIES;LINKS;NAME" "")
  if(of_UNPARSED_ARGUMENTS OR NOT of_POLICIES)
    message(FATAL_ERROR "quis_compile_policies(${target}): POLICIES names a folder or a file, and what else it takes is "
                        "SCHEMA, ENTITIES, LINKS, NAME")
  endif()
  if(NOT TARGET quis::tool)
    message(FATAL_ERROR "quis_compile_policies(${target}) runs the tool `quis`: build it (QUIS_BUILD_TOOL), or install a "
                        "quis that has it")
  endif()
  if(NOT of_NAME)
    set(of_NAME ${target})
  endif()

  set(flags "")
  set(inputs "")
  foreach(input IN ITEMS POLICIES:--policies SCHEMA:--schema ENTITIES:--entities LINKS:--template-linked)
    string(REGEX MATCH "(.+):(.+)" matched "${input}")
    set(path "${of_${CMAKE_MATCH_1}}")
    set(flag "${CMAKE_MATCH_2}")
    if(path)
      cmake_path(ABSOLUTE_PATH path BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" NORMALIZE)
      list(APPEND flags ${flag} "${path}")
      if(IS_DIRECTORY "${path}")
        file(GLOB_RECURSE files CONFIGURE_DEPENDS "${path}/*.cedar" "${path}/*.json")
        list(APPEND inputs ${files})
      else()
        list(APPEND inputs "${path}")
      endif()
    endif()
  endforeach()

  set(folder "${CMAKE_CURRENT_BINARY_DIR}/${target}.native")
  # A file that is gone is no input that could be newer; the list of them all is.
  file(CONFIGURE OUTPUT "${folder}/inputs.txt" CONTENT "${inputs}" @ONLY)
  file(CONFIGURE OUTPUT "${folder}/${of_NAME}.hpp" @ONLY CONTENT [[
#pragma once

#include <quis/engine/native_program.hpp>

const quis::NativeProgram& @of_NAME@();
]])
  add_custom_command(
    OUTPUT "${folder}/${of_NAME}.cpp"
    COMMAND quis::tool compile ${flags} --ids position --emit-cpp "${folder}/${of_NAME}.cpp" --name ${of_NAME}
    DEPENDS quis::tool ${inputs} "${folder}/inputs.txt"
    COMMENT "Compiling policies of ${target}"
    VERBATIM)
  add_library(${target} STATIC "${folder}/${of_NAME}.cpp")
  target_include_directories(${target} PUBLIC "${folder}")
  target_link_libraries(${target} PUBLIC quis::engine)
endfunction()
