#pragma once

#include <string>
#include <vector>

#include <boost/json/object.hpp>

namespace quis::test {

struct Difference {
  std::string subject;  ///< what the answers differ about: `decision`, `policy text`, `schema text`, `strict` …
  std::string what;     ///< both answers, in words
};

struct Comparison {
  std::vector<Difference> differences;
  std::vector<std::string> departures;  ///< documented ones that explain why an answer is not compared (DESIGN.md)
};

/// Compares what quis and Cedar answered to a question.
[[nodiscard]] Comparison compare(const boost::json::object& question, const boost::json::object& quis,
                                 const boost::json::object& cedar);

}  // namespace quis::test
