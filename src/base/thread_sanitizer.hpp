#pragma once

// Defines QUIS_THREAD_SANITIZER when the code is built to be watched by ThreadSanitizer, which cannot see some barriers
// and takes some loads for races.

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define QUIS_THREAD_SANITIZER 1
#endif
#elif defined(__SANITIZE_THREAD__)
#define QUIS_THREAD_SANITIZER 1
#endif
