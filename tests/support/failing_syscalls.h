// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/runtime/syscalls.h"

#include <semaphore.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <new>
#include <string>

namespace twinhull::test {

/// What goes wrong at one call.
struct CallFault {
    enum class Way {
        None,
        Fails, ///< with `error`, and is not made
        StandsBefore, ///< its process stands still until it is told to go on, or is killed
        StandsAfter,
    };

    int number = 0; ///< the first is 1, over all processes that share the double
    Way way = Way::None;
    int error = 0;
};

/// Hands every call to the kernel but one. Processes that are made through it share the count, so that a fault may
/// come in either half of a start.
class FailingSyscalls : public runtime::Syscalls {
public:
    FailingSyscalls()
    {
        void* memory = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        m_shared = new (memory) Shared;
        ::sem_init(&m_shared->reached, 1, 0);
        ::sem_init(&m_shared->goOn, 1, 0);
    }
    ~FailingSyscalls() override { ::munmap(m_shared, sizeof(Shared)); }
    FailingSyscalls(const FailingSyscalls&) = delete;
    FailingSyscalls& operator=(const FailingSyscalls&) = delete;

    /// Before the processes that use it are made.
    void arm(const CallFault& fault)
    {
        m_fault = fault;
        m_shared->count = 0;
        while (::sem_trywait(&m_shared->reached) == 0 || ::sem_trywait(&m_shared->goOn) == 0) { }
    }

    int count() const { return m_shared->count; } ///< calls since arm()
    std::string nameOf(int number) const { return m_shared->names.at(static_cast<std::size_t>(number)).data(); }
    /// In the pid namespace that it was made in: 1 for a container's first process.
    pid_t standing() const { return m_shared->standing; }

    /// False when no process came to the call in time.
    bool awaitStanding(int seconds)
    {
        timespec deadline{};
        ::clock_gettime(CLOCK_REALTIME, &deadline); // as sem_timedwait(3) wants
        deadline.tv_sec += seconds;
        int waited = -1;
        while ((waited = ::sem_timedwait(&m_shared->reached, &deadline)) != 0 && errno == EINTR) { }
        return waited == 0;
    }
    void letGoOn() { ::sem_post(&m_shared->goOn); }

    Result<runtime::ClonedProcess> cloneProcess(const runtime::CloneRequest& request) override
    {
        return pass("cloneProcess", [&] { return kernel().cloneProcess(request); });
    }
    Result<runtime::ClonedProcess> runSharingMemory(
        const runtime::CloneRequest& request, const std::function<void()>& work) override
    {
        return pass("runSharingMemory", [&] { return kernel().runSharingMemory(request, work); });
    }
    Result<> joinNamespaces(int fd, int kinds) override
    {
        return pass("joinNamespaces", [&] { return kernel().joinNamespaces(fd, kinds); });
    }
    Result<> makeNamespaces(int kinds) override
    {
        return pass("makeNamespaces", [&] { return kernel().makeNamespaces(kinds); });
    }
    Result<> plainMount(const runtime::PlainMount& mount) override
    {
        return pass("plainMount", [&] { return kernel().plainMount(mount); });
    }
    Result<UniqueFd> makeFileSystem(const runtime::FileSystemRequest& request) override
    {
        return pass("makeFileSystem", [&] { return kernel().makeFileSystem(request); });
    }
    Result<UniqueFd> cloneMount(int folder, const char* path, unsigned flags) override
    {
        return pass("cloneMount", [&] { return kernel().cloneMount(folder, path, flags); });
    }
    Result<> changeMount(int mount, const runtime::MountChange& change) override
    {
        return pass("changeMount", [&] { return kernel().changeMount(mount, change); });
    }
    Result<> attachMount(int mount, int target) override
    {
        return pass("attachMount", [&] { return kernel().attachMount(mount, target); });
    }
    Result<> mountFileSystem(const runtime::FileSystemRequest& request, int target) override
    {
        return pass("mountFileSystem", [&] { return kernel().mountFileSystem(request, target); });
    }
    Result<> pivotIntoWorkingFolder(runtime::OldRoot old) override
    {
        return pass("pivotIntoWorkingFolder", [&] { return kernel().pivotIntoWorkingFolder(old); });
    }
    Result<> labelFile(int file, const std::string& label) override
    {
        return pass("labelFile", [&] { return kernel().labelFile(file, label); });
    }
    Result<> makeNode(int folder, const char* name, unsigned mode, dev_t device) override
    {
        return pass("makeNode", [&] { return kernel().makeNode(folder, name, mode, device); });
    }
    Result<> setHostname(const std::string& name) override
    {
        return pass("setHostname", [&] { return kernel().setHostname(name); });
    }
    Result<> setDomainname(const std::string& name) override
    {
        return pass("setDomainname", [&] { return kernel().setDomainname(name); });
    }

private:
    struct Shared {
        std::atomic<int> count = 0;
        std::atomic<pid_t> standing = 0;
        sem_t reached{};
        sem_t goOn{};
        std::array<std::array<char, 32>, 512> names{};
    };

    static runtime::Syscalls& kernel() { return runtime::kernelSyscalls(); }
    static bool isInChild(const Result<runtime::ClonedProcess>& made) { return made && made->pid == 0; }
    static bool isInChild(const Result<>&) { return false; }
    static bool isInChild(const Result<UniqueFd>&) { return false; }

    template <typename Call>
    auto pass(const char* name, const Call& call) -> decltype(call())
    {
        using Way = CallFault::Way;
        const int number = ++m_shared->count;
        auto& noted = m_shared->names.at(static_cast<std::size_t>(number));
        (void)std::snprintf(noted.data(), noted.size(), "%s", name);
        const auto way = number == m_fault.number ? m_fault.way : Way::None;
        if (way == Way::Fails)
            return Error::fromErrno(m_fault.error, name);
        if (way == Way::StandsBefore)
            stand();
        auto result = call();
        if (way == Way::StandsAfter && !isInChild(result))
            stand();
        return result;
    }

    void stand()
    {
        m_shared->standing = ::getpid();
        ::sem_post(&m_shared->reached);
        while (::sem_wait(&m_shared->goOn) != 0 && errno == EINTR) { }
    }

    Shared* m_shared = nullptr;
    CallFault m_fault;
};

} // namespace twinhull::test
