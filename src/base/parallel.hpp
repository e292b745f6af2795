#pragma once

#include <cstddef>
#include <functional>

namespace quis {

/// Calls `work(i)` for each i below `parts`, on this thread and a few others while the processor has several and the
/// system gives them; in no order, each once. Returns when all are done. What `work` throws is thrown here, and then
/// some parts may not have been begun.
void in_parallel(std::size_t parts, const std::function<void(std::size_t)>& work);

}  // namespace quis
