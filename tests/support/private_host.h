// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/files.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QSet>
#include <QStringList>

#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

namespace twinhull::test {

/// For tests of what a program leaves behind: from enter() on this process has mounts of its own with an empty /tmp,
/// and every orphan below it becomes its child, so that what is left can be told from what others do on the computer.
/// Needs root; there is no way back.
class PrivateHost {
public:
    /// Copies `program` to where it stays in sight, because the folder it lies in may be below /tmp.
    bool enter(const std::string& program)
    {
        auto text = readFile(program, 256U << 20U);
        return text && ::prctl(PR_SET_CHILD_SUBREAPER, 1) == 0 && ::unshare(CLONE_NEWNS) == 0
            && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0
            && ::mount("tmpfs", "/tmp", "tmpfs", 0, "mode=1777") == 0
            && writeFileAtomically(this->program(), *text, 0755);
    }

    std::string program() const { return "/tmp/hull"; }

    /// In the names of cgroups.
    std::string marker() const { return "leak" + std::to_string(::getpid()); }

    /// The children of a process without threads.
    static std::vector<pid_t> childrenOf(pid_t parent)
    {
        std::vector<pid_t> pids;
        const auto text = textOf(QStringLiteral("/proc/%1/task/%1/children").arg(parent)).simplified();
        for (const QByteArray& word : text.split(' ')) {
            if (!word.isEmpty())
                pids.push_back(word.toInt());
        }
        return pids;
    }

    /// From here on nothing may be added. `kept`: a child that may go on.
    void remember(pid_t kept = -1)
    {
        m_kept = kept;
        m_mounts = mounts();
        m_files = files();
        m_descriptors = descriptors();
    }

    /// Empty when all is as it was. Reaps what has ended.
    QStringList leftovers() const
    {
        QStringList left;
        while (::waitpid(-1, nullptr, WNOHANG) > 0) { }
        for (const pid_t pid : childrenOf(::getpid())) {
            if (pid != m_kept)
                left += QStringLiteral("a process: ") + described(pid);
        }
        if (mounts() != m_mounts)
            left += QStringLiteral("mounts: ") + QString::fromUtf8(mounts());
        for (const QString& file : files() - m_files)
            left += QStringLiteral("a file: ") + file;
        QDirIterator cgroups(QStringLiteral("/sys/fs/cgroup"), { QString::fromStdString("*" + marker() + "*") },
            QDir::Dirs | QDir::NoDotAndDotDot, QDirIterator::Subdirectories);
        while (cgroups.hasNext())
            left += QStringLiteral("a cgroup: ") + cgroups.next();
        if (descriptors() != m_descriptors)
            left += QStringLiteral("%1 descriptors of the test instead of %2").arg(descriptors()).arg(m_descriptors);
        return left;
    }

private:
    static QByteArray textOf(const QString& path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    static QByteArray mounts() { return textOf(QStringLiteral("/proc/self/mountinfo")); }
    static QSet<QString> files()
    {
        QSet<QString> found;
        QDirIterator all(QStringLiteral("/tmp"), QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot,
            QDirIterator::Subdirectories);
        while (all.hasNext())
            found.insert(all.next());
        return found;
    }
    static qsizetype descriptors()
    {
        return QDir(QStringLiteral("/proc/self/fd")).entryList(QDir::AllEntries | QDir::NoDotAndDotDot).size();
    }
    static QString described(pid_t pid)
    {
        const auto words = textOf(QStringLiteral("/proc/%1/cmdline").arg(pid)).replace('\0', ' ');
        return QStringLiteral("%1 %2").arg(pid).arg(QString::fromUtf8(words));
    }

    QByteArray m_mounts;
    QSet<QString> m_files;
    qsizetype m_descriptors = 0;
    pid_t m_kept = -1;
};

} // namespace twinhull::test
