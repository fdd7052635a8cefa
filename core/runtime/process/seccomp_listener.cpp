// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/seccomp_listener.h"

#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>

#include <atomic>
#include <cerrno>
#include <optional>

namespace twinhull::runtime {

namespace {

/// A second thread, begun before the filter and therefore free of it. Not a process: the program would inherit its
/// zombie, and the container's processes could end it.
class Messenger {
public:
    explicit Messenger(const SyncChannel& sync) : m_sync(sync) { }
    Messenger(const Messenger&) = delete;
    Messenger& operator=(const Messenger&) = delete;

    Result<> start()
    {
        if (const int number = ::pthread_create(&m_thread, nullptr, &Messenger::run, this); number != 0)
            return Error::fromErrno(number, "make the thread that passes the seccomp listener on")
                .withHint("Do process.rlimits or linux.resources.pids allow one more?");
        return {};
    }

    /// From here to the return no system call is made by this thread. An empty one: there is nothing to pass on.
    Result<> deliver(UniqueFd listener)
    {
        m_listener.store(listener ? listener.release() : kNone);
        while (::pthread_tryjoin_np(m_thread, nullptr) == EBUSY) { } // looks at memory only
        return m_failure ? Result<>(*std::move(m_failure)) : Result<>();
    }

private:
    static constexpr int kPending = -1;
    static constexpr int kNone = -2;

    static void* run(void* messenger)
    {
        static_cast<Messenger*>(messenger)->passOn();
        return nullptr;
    }

    void passOn()
    {
        while (m_listener.load() == kPending)
            (void)::sched_yield(); // for the time of one seccomp(2); it cannot fail
        if (m_listener.load() == kNone)
            return;
        const UniqueFd listener(m_listener.load()); // closed here, for both threads: no call of the other's can be held
        auto told = m_sync.send(SyncMessage::of(SyncKind::Listener), listener.fd());
        auto answer = told ? m_sync.receive() : std::move(told).error();
        if (!answer)
            m_failure = std::move(answer).error();
        else if (!*answer || (*answer)->message.kind != SyncKind::GoOn)
            m_failure = Error{ ErrorCode::Cancelled, "hull ended before the seccomp agent had its listener", 0, {} };
    }

    const SyncChannel& m_sync;
    pthread_t m_thread{};
    std::atomic<int> m_listener{ kPending };
    std::optional<Error> m_failure; ///< read after the thread's end
};

} // namespace

Result<> installAndPassOn(const SeccompFilter& filter, const SyncChannel& sync)
{
    if ((filter.flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) == 0) {
        auto installed = installFilter(filter);
        return installed ? Result<>() : std::move(installed).error();
    }
    Messenger messenger(sync);
    if (auto started = messenger.start(); !started)
        return started;
    auto installed = installFilter(filter);
    if (!installed)
        return (void)messenger.deliver({}), std::move(installed).error();
    return messenger.deliver(*std::move(installed));
}

} // namespace twinhull::runtime
