// SPDX-License-Identifier: GPL-3.0-or-later
// In sanitized programs: what Qt keeps for a thread is given back by the thread itself, after QThread::wait() has
// returned. LeakSanitizer, which no longer knows the thread by then, would call that a leak where the program ends
// first.
#include <dirent.h>
#include <unistd.h>

#include <memory>

namespace {

struct FolderCloser {
    void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};

bool isLastThread()
{
    const std::unique_ptr<DIR, FolderCloser> tasks(::opendir("/proc/self/task"));
    int threads = 0;
    while (const dirent* entry = tasks ? ::readdir(tasks.get()) : nullptr)
        threads += entry->d_name[0] != '.' ? 1 : 0;
    return threads <= 1;
}

/// Destroyed before the leaks are looked for.
struct ExitingThreads {
    ~ExitingThreads()
    {
        constexpr int kMostMilliseconds = 300;
        for (int waited = 0; waited < kMostMilliseconds && !isLastThread(); ++waited)
            ::usleep(1000);
    }
};
const ExitingThreads kExitingThreads;

} // namespace
