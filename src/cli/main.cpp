#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "cli/tool.hpp"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  const char* refused = std::getenv("NO_COLOR");
  const bool color = ::isatty(STDOUT_FILENO) == 1 && (refused == nullptr || *refused == '\0');
  return quis::cli::run(std::vector<std::string>(argv + 1, argv + argc), std::cout, std::cerr, color);
}
