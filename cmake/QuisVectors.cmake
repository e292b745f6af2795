# Finds the large conformance sets, which are kept outside the repository, and unpacks them once.
#
# QUIS_SHARED       the folder that holds vectors/ (default: ../shared beside the checkout; the environment may say)
# QUIS_VECTORS_DIR  where they are unpacked; the presets share one folder, build/vectors

if(DEFINED ENV{QUIS_SHARED})
  set(shared_default "$ENV{QUIS_SHARED}")
else()
  cmake_path(SET shared_default NORMALIZE "${PROJECT_SOURCE_DIR}/../shared")
endif()
set(QUIS_SHARED "${shared_default}" CACHE PATH "Folder of shared conformance vectors and data sets")
set(QUIS_VECTORS_DIR "${PROJECT_BINARY_DIR}/vectors" CACHE PATH "Where the conformance vectors are unpacked")

# The corpus and its companions refer to each other by paths below `corpus-tests`; so do the others below themselves.
function(quis_unpack archive folder)
  set(source "${QUIS_SHARED}/vectors/${archive}")
  cmake_path(GET archive FILENAME file)
  set(stamp "${QUIS_VECTORS_DIR}/.${file}.unpacked")
  if(NOT EXISTS "${source}" OR (EXISTS "${stamp}" AND NOT "${source}" IS_NEWER_THAN "${stamp}"))
    return()
  endif()
  message(STATUS "Unpacking ${source}")
  file(ARCHIVE_EXTRACT INPUT "${source}" DESTINATION "${QUIS_VECTORS_DIR}/${folder}")
  file(TOUCH "${stamp}")
endfunction()

if(NOT EXISTS "${QUIS_SHARED}/vectors")
  message(STATUS "No vectors in ${QUIS_SHARED} (QUIS_SHARED): the conformance tests will report themselves as skipped")
endif()
quis_unpack(cedar/handwritten.tar.gz handwritten)
quis_unpack(cedar/corpus.tar.gz corpus-tests)
quis_unpack(cedar/corpus-validation.tar.gz corpus-tests)
quis_unpack(cedar/corpus-json-schemas.tar.gz corpus-tests)
quis_unpack(cedar/oopsla.tar.gz oopsla)
