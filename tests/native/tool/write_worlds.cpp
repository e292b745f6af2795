// `quis_write_native_worlds OUT.cpp LAST_SEED`: the plans of the generated worlds from seed 1 on, in one file.

#include <cstdlib>
#include <fstream>
#include <iostream>

#include "engine/native_text.hpp"
#include "native/generated.hpp"

int main(int argc, char** argv) {
  if (argc != 3) return EXIT_FAILURE;
  quis::NativeText native;
  for (unsigned long seed = 1; seed <= std::strtoul(argv[2], nullptr, 10); ++seed) {
    const auto world = quis::test::GeneratedCase::make(seed);
    if (!world) {
      std::cerr << quis::render(world.error());
      return EXIT_FAILURE;
    }
    native.add(world->world.program(), world->world.policies().policies());
  }
  std::ofstream(argv[1]) << native.text("generated_worlds", "");
  return native.left_out() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
