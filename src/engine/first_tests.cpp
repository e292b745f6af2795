#include "engine/first_tests.hpp"

#include <array>
#include <cstddef>
#include <span>

namespace quis {
namespace {

/// What conditions ask for first, in the order in which Cedar asks; what comes later does not matter here.
class Conjuncts {
 public:
  explicit Conjuncts(const PolicyBody& body) {
    for (const Condition& condition : body.conditions) {
      if (condition.negated) return;
      if (condition.body->op != Op::and_) {
        add(*condition.body);
        continue;
      }
      for (const Expr* operand : condition.body->operands) add(*operand);
    }
  }

  /// Takes the test that stands next, with what guards it.
  std::optional<AttributeTest> take_test() {
    if (next_ == count_) return std::nullopt;
    const Expr& e = *all_[next_];
    if (auto test = equality(e)) {
      ++next_;
      return test;
    }
    if (e.op != Op::has_attribute || next_ + 1 == count_) return std::nullopt;
    auto test = equality(*all_[next_ + 1]);
    const Expr& target = *e.operands[0];
    if (!test || target.op != Op::variable || target.variable != test->variable || e.name != test->name) {
      return std::nullopt;
    }
    next_ += 2;
    test->guarded = true;
    return test;
  }

 private:
  void add(const Expr& e) {
    if (count_ < all_.size()) all_[count_++] = &e;
  }

  static bool can_be_key(const Expr& e) {
    return e.op == Op::literal &&
           (e.value.is(Value::Kind::string) || e.value.is(Value::Kind::integer) || e.value.is(Value::Kind::entity));
  }

  static std::optional<AttributeTest> equality(const Expr& e) {
    if (e.op != Op::equal) return std::nullopt;
    const bool is_turned = e.operands[0]->op == Op::literal;
    const Expr& attribute = *e.operands[is_turned ? 1 : 0];
    const Expr& constant = *e.operands[is_turned ? 0 : 1];
    if (attribute.op != Op::get_attribute || !can_be_key(constant)) return std::nullopt;
    const Expr& target = *attribute.operands[0];
    if (target.op != Op::variable || target.variable == Variable::action) return std::nullopt;
    return AttributeTest{target.variable, attribute.name, constant.value};
  }

  std::array<const Expr*, 4> all_ = {};  // as many as two tests and their guards
  std::size_t count_ = 0;
  std::size_t next_ = 0;
};

}  // namespace

FirstTests first_tests(const PolicyBody& body) {
  Conjuncts conjuncts(body);
  FirstTests tests;
  tests.first = conjuncts.take_test();
  if (tests.first) tests.second = conjuncts.take_test();
  return tests;
}

}  // namespace quis
