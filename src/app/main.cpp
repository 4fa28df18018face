// SPDX-License-Identifier: Apache-2.0
#include "app/run_program.hpp"

int main(int argc, char** argv) {
  return tempsweep::app::run_program(argc, argv);
}
