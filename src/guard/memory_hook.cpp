#include <quis/guard/memory_hook.hpp>

#include <exception>
#include <utility>

#include <quis/base/vocabulary.hpp>

namespace quis {

bool MemoryHook::on_decision(const DecisionRecord& record) noexcept try {
  const LocalNames* names = record.request.names;
  Record kept{record.sequence,
              record.time,
              record.engine.world().version(),
              to_text(record.request.principal, names),
              to_text(record.request.action, names),
              to_text(record.request.resource, names),
              record.decision.permitted(),
              {record.step_up.begin(), record.step_up.end()},
              {},
              {}};
  for (const PolicyIndex policy : record.determining) kept.determining.emplace_back(record.engine.policy_id(policy));
  for (const PolicyError& failed : record.errors) kept.errors.emplace_back(record.engine.policy_id(failed.policy));
  const std::scoped_lock lock(mutex_);
  if (records_.size() >= capacity_) return false;
  records_.push_back(std::move(kept));
  return true;
} catch (const std::exception&) {
  return false;  // out of memory: not kept
}

std::vector<MemoryHook::Record> MemoryHook::records() const {
  const std::scoped_lock lock(mutex_);
  return records_;
}

}  // namespace quis
