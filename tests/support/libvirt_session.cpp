// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/libvirt_session.h"

#include "core/base/files.h"

#include <QDir>

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

namespace twinhull::test {

namespace {

constexpr int kEndDeadlineMilliseconds = 10'000;

pid_t pidIn(const std::string& path)
{
    const auto text = readFile(path, 64);
    return text ? QString::fromStdString(*text).trimmed().toInt() : -1;
}

void killAndWait(pid_t pid, int signal)
{
    const UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (pid <= 1 || !pidfd)
        return;
    ::kill(pid, signal);
    pollfd ended{ pidfd.fd(), POLLIN, 0 };
    ::poll(&ended, 1, kEndDeadlineMilliseconds);
}

} // namespace

LibvirtSession::LibvirtSession() : m_folder(qgetenv("XDG_RUNTIME_DIR").toStdString() + "/libvirt") { }

LibvirtSession::~LibvirtSession()
{
    killAndWait(libvirtd(), SIGTERM);
    const QDir machines(QString::fromStdString(m_folder + "/qemu/run"));
    for (const QString& name : machines.entryList({ QStringLiteral("*.pid") }))
        killAndWait(pidIn(machines.filePath(name).toStdString()), SIGKILL);
    killAndWait(pidIn(m_folder + "/virtlogd.pid"), SIGTERM);
}

pid_t LibvirtSession::libvirtd() const
{
    return pidIn(m_folder + "/libvirtd.pid");
}

void LibvirtSession::kill(pid_t pid) const
{
    killAndWait(pid, SIGKILL);
}

} // namespace twinhull::test
