# SPDX-License-Identifier: Apache-2.0
# Language level, output folders, warnings, sanitizers: one target that every library links privately.
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")

find_program(TEMPSWEEP_CCACHE ccache)
if(TEMPSWEEP_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${TEMPSWEEP_CCACHE}")
endif()

add_library(tempsweep_options INTERFACE)
# Contraction off: a product and a sum are fused only where the code says fma, so that every compiler and
# every target gives the same bits.
target_compile_options(tempsweep_options INTERFACE
  -ffp-contract=off "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")
add_library(tempsweep_warnings INTERFACE)
target_compile_options(tempsweep_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>  # g++ 12 warns of overlaps in std::string that cannot be
  $<$<BOOL:${TEMPSWEEP_WERROR}>:-Werror>)
if(TEMPSWEEP_SANITIZE)
  target_compile_options(tempsweep_options INTERFACE
    -fsanitize=${TEMPSWEEP_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all -g)
  target_link_options(tempsweep_options INTERFACE -fsanitize=${TEMPSWEEP_SANITIZE})
endif()

# tempsweep_library(NAME SOURCES... ) : a static library of the house, warnings on, public headers visible.
function(tempsweep_library name)
  add_library(${name} STATIC ${ARGN})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/src")
  target_link_libraries(${name} PUBLIC tempsweep_headers PRIVATE tempsweep_options tempsweep_warnings)
endfunction()
