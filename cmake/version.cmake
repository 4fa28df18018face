# SPDX-License-Identifier: Apache-2.0
# The version lives in project(); the commit is asked of git at every build, and is empty in a tarball.
set(TEMPSWEEP_GENERATED_DIR "${CMAKE_BINARY_DIR}/generated")
add_custom_target(tempsweep_version_header
  COMMAND ${CMAKE_COMMAND} -DSOURCE_DIR=${CMAKE_SOURCE_DIR} -DVERSION=${PROJECT_VERSION}
          -DOUTPUT=${TEMPSWEEP_GENERATED_DIR}/tempsweep_version.hpp
          -P ${CMAKE_SOURCE_DIR}/cmake/write_version.cmake
  BYPRODUCTS ${TEMPSWEEP_GENERATED_DIR}/tempsweep_version.hpp
  COMMENT "version header" VERBATIM)
