// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/files.h"
#include "core/metrics/process_reader.h"

#include <QTemporaryDir>

#include <fstream>

namespace twinhull::test {

/// What a process of a fake /proc says.
struct FakeProcess {
    pid_t pid = 1;
    pid_t parent = 0;
    unsigned ownTicks = 0;
    unsigned reapedTicks = 0;
    unsigned residentPages = 0;
    unsigned sharedPages = 0;
    unsigned sharedMemoryKilobytes = 0;
    unsigned diskRead = 0;
    unsigned diskWritten = 0;
    std::string cgroup = "/";
    std::vector<pid_t> children = {};
    bool hasIo = true;
    bool hasChildren = true;
};

/// A folder of plain files that looks like /proc.
class FakeProc {
public:
    ProcTree tree() const { return { m_root.path().toStdString(), false }; }

    /// Adds it, or overwrites its files in place, as the kernel does.
    void add(const FakeProcess& process)
    {
        const std::string pid = std::to_string(process.pid);
        (void)makeFolders(path(pid + "/task/" + pid));
        write(pid + "/stat",
            pid + " (a (b) c) S " + std::to_string(process.parent) + " 1 1 0 -1 4194304 0 0 0 0 "
                + std::to_string(process.ownTicks) + " 0 " + std::to_string(process.reapedTicks)
                + " 0 20 0 1 0 99 0 0\n");
        write(pid + "/statm",
            "1000 " + std::to_string(process.residentPages) + " " + std::to_string(process.sharedPages) + " 1 0 9 0\n");
        write(pid + "/status",
            "Name:\tx\nRssFile:\t     0 kB\nRssShmem:\t   " + std::to_string(process.sharedMemoryKilobytes) + " kB\n");
        write(pid + "/cgroup", "5:memory:/x\n0::" + process.cgroup + "\n");
        const std::string io = "rchar: 5\nwchar: 5\nread_bytes: " + std::to_string(process.diskRead)
            + "\nwrite_bytes: " + std::to_string(process.diskWritten) + "\ncancelled_write_bytes: 0\n";
        for (const auto& file : { pid + "/io", pid + "/task/" + pid + "/io" }) {
            if (process.hasIo)
                write(file, io);
        }
        std::string children;
        for (const pid_t child : process.children)
            children += std::to_string(child) + " ";
        if (process.hasChildren)
            write(pid + "/task/" + pid + "/children", children);
    }

    void write(const std::string& name, const std::string& text) const
    {
        std::ofstream(path(name), std::ios::trunc) << text;
    }
    std::string path(const std::string& below) const { return m_root.path().toStdString() + "/" + below; }

private:
    QTemporaryDir m_root;
};

} // namespace twinhull::test
