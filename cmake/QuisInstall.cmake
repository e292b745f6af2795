# Install rules: one component a room, a CMake package with the same components, and a pkg-config file.
#
#   find_package(quis 0.1)                    # quis::quis and every room
#   find_package(quis 0.1 COMPONENTS policy)  # quis::policy and the rooms below it, and no more dependencies than theirs
#
# Each room has its own export file, so that asking for one room never looks for another room's dependencies.

include(CMakePackageConfigHelpers)
set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/quis")
get_property(rooms GLOBAL PROPERTY QUIS_ROOMS)

# What a consumer has to find before it can link a target: how each third-party target is found.
set(find_tl::expected "tl-expected")
set(find_fmt::fmt "fmt")
set(find_Boost::json "Boost 1.81 COMPONENTS json container")
set(find_Boost::container "Boost 1.81 COMPONENTS json container")
set(find_OpenSSL::Crypto "OpenSSL 3 COMPONENTS Crypto")
set(find_Threads::Threads "Threads")
set(find_ICU::uc "ICU 70 COMPONENTS uc i18n")
set(find_ICU::i18n "ICU 70 COMPONENTS uc i18n")

set(room_table "")
set(pc_libs "")
set(pc_private "")
set(pc_requires "")
foreach(room IN LISTS rooms)
  install(TARGETS quis_${room} EXPORT quis-${room}
          ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT ${room}
          LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT ${room}
          RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT ${room}
          FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT ${room})
  install(EXPORT quis-${room} NAMESPACE quis:: FILE quis-${room}.cmake DESTINATION "${package_dir}" COMPONENT ${room})

  get_property(below GLOBAL PROPERTY QUIS_${room}_DEPENDS)
  get_property(needed GLOBAL PROPERTY QUIS_${room}_PUBLIC)
  get_property(compiled GLOBAL PROPERTY QUIS_${room}_COMPILED)
  get_property(private GLOBAL PROPERTY QUIS_${room}_PRIVATE)
  if(compiled)
    list(PREPEND pc_libs "-lquis_${room}")
    if(NOT BUILD_SHARED_LIBS)
      # Whoever links a static library also links what it was built with.
      list(APPEND needed ${private})
      list(APPEND pc_private ${private})
    endif()
  endif()
  set(finds "")
  foreach(target IN LISTS needed)
    if(NOT DEFINED find_${target})
      message(FATAL_ERROR "cmake/QuisInstall.cmake does not say how consumers find `${target}`")
    endif()
    list(APPEND finds "  find_dependency(${find_${target}})\n")
  endforeach()
  list(REMOVE_DUPLICATES finds)
  list(JOIN finds "" finds)
  list(JOIN below " " below)
  string(APPEND room_table "set(quis_${room}_below ${below})\nmacro(quis_find_${room})\n${finds}endmacro()\n")
endforeach()
list(JOIN rooms " " room_list)

install(TARGETS quis_all EXPORT quis-all FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT umbrella)
install(EXPORT quis-all NAMESPACE quis:: FILE quis-all.cmake DESTINATION "${package_dir}" COMPONENT umbrella)

get_property(tool_room GLOBAL PROPERTY QUIS_TOOL_ROOM)
if(tool_room)
  install(TARGETS quis EXPORT quis-tool RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT ${tool_room})
  install(EXPORT quis-tool NAMESPACE quis:: DESTINATION "${package_dir}" COMPONENT ${tool_room})
endif()
install(FILES "${PROJECT_SOURCE_DIR}/cmake/QuisCompile.cmake" DESTINATION "${package_dir}" COMPONENT engine)

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/quis-config.cmake.in"
                              "${PROJECT_BINARY_DIR}/package/quis-config.cmake" INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/package/quis-config-version.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/package/quis-config.cmake" "${PROJECT_BINARY_DIR}/package/quis-config-version.cmake"
        DESTINATION "${package_dir}" COMPONENT base)

# pkg-config: the prefix is found from where the file lies, so that an installed tree can be moved. A static build lists
# what its libraries need among the ordinary flags: nobody should have to know about --static.
list(REMOVE_DUPLICATES pc_private)
foreach(target IN LISTS pc_private)
  if(target STREQUAL "fmt::fmt")
    list(APPEND pc_requires "fmt")
  elseif(target STREQUAL "OpenSSL::Crypto")
    list(APPEND pc_requires "libcrypto")
  elseif(target STREQUAL "Threads::Threads")
    list(APPEND pc_libs "-pthread")
  elseif(target MATCHES "^ICU::(.+)$")
    list(APPEND pc_requires "icu-${CMAKE_MATCH_1}")
  elseif(target MATCHES "^Boost::(.+)$")
    list(APPEND pc_libs "-lboost_${CMAKE_MATCH_1}")
  endif()
endforeach()
list(JOIN pc_libs " " pc_libs)
list(JOIN pc_requires ", " pc_requires)
cmake_path(RELATIVE_PATH CMAKE_INSTALL_FULL_LIBDIR BASE_DIRECTORY "${CMAKE_INSTALL_PREFIX}" OUTPUT_VARIABLE pc_libdir)
string(REGEX REPLACE "[^/]+" ".." pc_up "${pc_libdir}/pkgconfig")
configure_file("${PROJECT_SOURCE_DIR}/cmake/quis.pc.in" "${PROJECT_BINARY_DIR}/package/quis.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/package/quis.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT base)
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT base)
