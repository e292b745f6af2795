// Decisions to be counted under callgrind: `instruction_count CASE.json WAY DECISIONS` puts that many requests of the
// case, in the order of `RequestStream`, to an engine; where the way is `cached`, to a live one that knows the answers;
// where it is `text`, each is made from text first.
// cmake/checks/instructions.py runs it.

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>

#include <quis/engine/live_engine.hpp>

#include "base/hash.hpp"
#include "random.hpp"
#include "workload.hpp"

int main(int argc, char** argv) {
  if (argc != 4) return EXIT_FAILURE;
  // Names lie at the same places of tables in every run.
  static constexpr quis::detail::HashKey kKey{
      {0x243f'6a88'85a3'08d3, 0x1319'8a2e'0370'7344, 0xa409'3822'299f'31d0, 0x082e'fa98'ec4e'6c89}};
  quis::detail::process_key = &kKey;
  const auto subject = quis::bench::Subject::load(argv[1]);
  if (!subject) {
    std::cerr << quis::render(subject.error());
    return EXIT_FAILURE;
  }
  const std::string way = argv[2];
  quis::bench::RequestStream stream(subject->size());
  quis::Response response;
  std::size_t permitted = 0;
  quis::LiveEngine live(subject->world());
  for (std::size_t i = 0; way == "cached" && i < subject->size(); ++i) {
    // Twice, so that nothing that is counted is still on probation; by a pin, which is not counted.
    for (int round = 0; round < 2; ++round) (void)live.pin().authorize(subject->request(i));
  }
  for (long left = std::strtol(argv[3], nullptr, 10); left > 0; --left) {
    if (way == "cached") {
      response.permitted = live.authorize(subject->request(stream.next())).permitted();
    } else if (way == "decision") {
      subject->decision(stream.next(), response);
    } else if (way == "text") {
      subject->from_text(stream.next(), response);
    } else {
      subject->by_id(stream.next(), response);
    }
    permitted += response.permitted ? 1U : 0U;
  }
  std::printf("%zu permitted\n", permitted);
}
