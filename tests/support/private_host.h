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

    /// From here on nothing may be added.
    void remember()
    {
        m_mounts = mounts();
        m_files = files();
        m_descriptors = descriptors();
    }

    /// Empty when all is as it was. Reaps what has ended.
    QStringList leftovers() const
    {
        QStringList left;
        while (::waitpid(-1, nullptr, WNOHANG) > 0) { }
        if (::waitpid(-1, nullptr, WNOHANG) == 0 || errno != ECHILD)
            left += QStringLiteral("a process: ") + children();
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
    static QString children()
    {
        QStringList names;
        const auto pids = textOf(QStringLiteral("/proc/self/task/%1/children").arg(::getpid())).simplified().split(' ');
        for (const QByteArray& pid : pids)
            names += QString::fromUtf8(
                pid + ' ' + textOf(QStringLiteral("/proc/%1/cmdline").arg(QString::fromUtf8(pid))).replace('\0', ' '));
        return names.join(QStringLiteral("; "));
    }

    QByteArray m_mounts;
    QSet<QString> m_files;
    qsizetype m_descriptors = 0;
};

} // namespace twinhull::test
