// Decisions to be counted under callgrind: `instruction_count CASE.json WAY DECISIONS` puts that many requests of the
// case, in the order of `RequestStream`, to an engine. cmake/checks/instructions.py runs it.

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>

#include "random.hpp"
#include "workload.hpp"

int main(int argc, char** argv) {
  if (argc != 4) return EXIT_FAILURE;
  const auto subject = quis::bench::Subject::load(argv[1]);
  if (!subject) {
    std::cerr << quis::render(subject.error());
    return EXIT_FAILURE;
  }
  const std::string way = argv[2];
  quis::bench::RequestStream stream(subject->size());
  quis::Response response;
  std::size_t permitted = 0;
  for (long left = std::strtol(argv[3], nullptr, 10); left > 0; --left) {
    if (way == "decision") {
      subject->decision(stream.next(), response);
    } else {
      subject->by_id(stream.next(), response);
    }
    permitted += response.permitted ? 1U : 0U;
  }
  std::printf("%zu permitted\n", permitted);
}
