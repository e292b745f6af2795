// Any bytes are a file of policy tests or an error with a message. The first byte chooses between JSON and YAML.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>

#include <quis/base/result.hpp>

#include "cli/policy_tests.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
  auto document = quis::cli::TestDocument::from_text(std::move(text), data[0] == 'j' ? "t.json" : "t.yaml");
  if (!document) {
    if (quis::render(document.error()).empty()) std::abort();
    return 0;
  }
  const auto file = quis::cli::read_test_file(std::move(*document));
  if (!file && quis::render(file.error()).empty()) std::abort();
  if (file && file->tests.empty()) std::abort();
  return 0;
}
