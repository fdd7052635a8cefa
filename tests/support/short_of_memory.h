// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/files.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>

namespace twinhull::test {

/// A child in a memory cgroup of its own, of v1 or v2, that rereads a file four times as large as its limit: it waits
/// for memory over and over, and the kernel counts that for the whole computer. Nothing else is short of memory.
class ShortOfMemory {
public:
    explicit ShortOfMemory(const std::string& folder) : m_file(folder + "/larger-than-the-limit")
    {
        const std::string name = "/twinhull-test-" + std::to_string(::getpid());
        for (const std::string mount : { "/sys/fs/cgroup/memory", "/sys/fs/cgroup" }) {
            if (m_group.empty() && ::mkdir((mount + name).c_str(), 0755) == 0)
                m_group = mount + name;
        }
        const bool isLimited = write("memory.limit_in_bytes", kLimit) || write("memory.max", kLimit);
        if (m_group.empty() || !isLimited || !makeFile())
            m_problem = "needs root and a memory controller";
        else if (!readFile("/proc/pressure/memory"))
            m_problem = "needs pressure figures of the kernel (CONFIG_PSI)";
        else
            m_reader = begin();
    }
    ~ShortOfMemory()
    {
        if (m_reader > 0 && ::kill(m_reader, SIGKILL) == 0)
            (void)::waitpid(m_reader, nullptr, 0);
        (void)::unlink(m_file.c_str());
        if (!m_group.empty())
            (void)::rmdir(m_group.c_str());
    }
    ShortOfMemory(const ShortOfMemory&) = delete;
    ShortOfMemory& operator=(const ShortOfMemory&) = delete;

    const std::string& problem() const { return m_problem; } ///< why it cannot be; empty when it can

private:
    static constexpr const char* kLimit = "16777216";
    static constexpr off_t kFileBytes = 64 << 20;

    bool write(const char* name, const std::string& text) const
    {
        const auto file = openPath(m_group + "/" + name, O_WRONLY);
        return file && writeAll(*file, text);
    }

    /// With bytes in it: holes are never read from a disk.
    bool makeFile() const
    {
        auto file = openPath(m_file, O_WRONLY | O_CREAT, 0600);
        const std::string block(1 << 20, 'x');
        for (off_t written = 0; file && written < kFileBytes; written += static_cast<off_t>(block.size())) {
            if (!writeAll(*file, block))
                return false;
        }
        // what is cached would be charged to this process and never read again
        return file && ::fsync(file->fd()) == 0 && ::posix_fadvise(file->fd(), 0, 0, POSIX_FADV_DONTNEED) == 0;
    }

    pid_t begin() const
    {
        const pid_t pid = ::fork();
        if (pid != 0)
            return pid;
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        static std::array<char, 1 << 20> room;
        if (!write("cgroup.procs", std::to_string(::getpid())))
            ::_exit(1);
        for (;;) {
            const auto file = openPath(m_file, O_RDONLY);
            if (!file)
                ::_exit(1);
            while (::read(file->fd(), room.data(), room.size()) > 0) { }
        }
    }

    std::string m_file;
    std::string m_group;
    std::string m_problem;
    pid_t m_reader = -1;
};

} // namespace twinhull::test
