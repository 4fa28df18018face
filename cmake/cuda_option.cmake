# SPDX-License-Identifier: Apache-2.0
# TEMPSWEEP_CUDA: ON needs a toolkit of 12.0 or newer, AUTO takes one when it is there, OFF never looks.
# Result: TEMPSWEEP_CUDA_ENABLED, the language CUDA, the target tempsweep_cuda_options, and one line that says why.
set(TEMPSWEEP_CUDA_ARCHITECTURES "75-real;80-real;86-real;89-real;90-real;100-real;120" CACHE STRING
    "Architectures of the kernels; the last has PTX for cards to come")
set(TEMPSWEEP_CUDA_ENABLED OFF)
if(NOT TEMPSWEEP_CUDA MATCHES "^(AUTO|ON|OFF)$")
  message(FATAL_ERROR "TEMPSWEEP_CUDA is '${TEMPSWEEP_CUDA}'; use AUTO, ON or OFF")
endif()
if(TEMPSWEEP_CUDA STREQUAL "OFF")
  message(STATUS "CUDA: off on request")
  return()
endif()

find_package(CUDAToolkit QUIET)
set(reason "")
if(NOT CUDAToolkit_FOUND)
  set(reason "no toolkit found")
elseif(CUDAToolkit_VERSION VERSION_LESS 12.0)
  set(reason "toolkit ${CUDAToolkit_VERSION} is older than 12.0")
elseif(NOT CUDAToolkit_NVCC_EXECUTABLE)
  set(reason "toolkit ${CUDAToolkit_VERSION} has no nvcc")
elseif(NOT TARGET CUDA::cudart_static)
  set(reason "toolkit ${CUDAToolkit_VERSION} has no static runtime")
endif()
if(reason)
  if(TEMPSWEEP_CUDA STREQUAL "ON")
    message(FATAL_ERROR "TEMPSWEEP_CUDA=ON, but ${reason}")
  endif()
  message(STATUS "CUDA: off, ${reason}")
  return()
endif()

set(CMAKE_CUDA_COMPILER "${CUDAToolkit_NVCC_EXECUTABLE}")
set(CMAKE_CUDA_ARCHITECTURES "${TEMPSWEEP_CUDA_ARCHITECTURES}")
enable_language(CUDA)
if(TEMPSWEEP_CCACHE)
  set(CMAKE_CUDA_COMPILER_LAUNCHER "${TEMPSWEEP_CCACHE}")
endif()
set(TEMPSWEEP_CUDA_ENABLED ON)
message(STATUS "CUDA: toolkit ${CUDAToolkit_VERSION}, architectures ${TEMPSWEEP_CUDA_ARCHITECTURES}")

# CMake before 3.26 does not know that nvcc has C++20.
if(NOT DEFINED CMAKE_CUDA20_STANDARD_COMPILE_OPTION)
  set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION "-std=c++20")
  set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION "-std=c++20")
endif()

# Contraction off as on the host; the host compiler's -Wpedantic stumbles over nvcc's own output.
add_library(tempsweep_cuda_options INTERFACE)
target_compile_options(tempsweep_cuda_options INTERFACE
  $<$<COMPILE_LANGUAGE:CUDA>:-fmad=false --threads=0 -Xcompiler=-Wall,-Wextra,-Wshadow,-ffp-contract=off>
  $<$<AND:$<COMPILE_LANGUAGE:CUDA>,$<BOOL:${TEMPSWEEP_WERROR}>>:-Werror=all-warnings>)

# For programs that travel: machine code a third as large. nvcc 13's drivers unpack it.
option(TEMPSWEEP_CUDA_SMALL "Pack the kernels' machine code for size" OFF)
if(TEMPSWEEP_CUDA_SMALL AND CUDAToolkit_VERSION VERSION_GREATER_EQUAL 13)
  target_compile_options(tempsweep_cuda_options INTERFACE $<$<COMPILE_LANGUAGE:CUDA>:--compress-mode=size>)
endif()

# tempsweep_cuda_target(NAME): settings of a target with .cu files.
function(tempsweep_cuda_target name)
  target_link_libraries(${name} PRIVATE tempsweep_cuda_options CUDA::cudart_static)
endfunction()
