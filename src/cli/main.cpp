#include <unistd.h>

#include <iostream>
#include <string>
#include <vector>

#include "cli/tool.hpp"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  return quis::cli::run(std::vector<std::string>(argv + 1, argv + argc), std::cout, std::cerr,
                        ::isatty(STDOUT_FILENO) == 1);
}
