#include "base/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace quis {

void in_parallel(std::size_t parts, const std::function<void(std::size_t)>& work) {
  constexpr std::size_t kMostThreads = 4;
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr thrown;
  const auto take_parts = [&]() noexcept {
    try {
      for (std::size_t part = next++; part < parts; part = next++) work(part);
    } catch (...) {
      next = parts;
      const std::scoped_lock lock(mutex);
      thrown = std::current_exception();
    }
  };

  const std::size_t threads = std::min({parts, kMostThreads, std::size_t{std::thread::hardware_concurrency()}});
  std::vector<std::thread> helpers;
  helpers.reserve(threads);
  for (std::size_t i = 1; i < threads; ++i) {
    try {
      helpers.emplace_back(take_parts);
    } catch (const std::system_error&) {
      break;  // no more threads to be had: the rest is done here
    }
  }
  take_parts();
  for (std::thread& helper : helpers) helper.join();
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace quis
