// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <memory>

#include <sys/types.h>

namespace twinhull::test {

class LibvirtSession;

/// A second session daemon of libvirt with folders and a host's UUID of its own: to this process, and to the first
/// libvirt, another host. Root only. Ended with its QEMUs; a stopped one is continued before.
class OtherLibvirt {
public:
    explicit OtherLibvirt(QString folder); ///< its path is short enough for UNIX sockets below it
    ~OtherLibvirt();

    QString start(); ///< and waits until it listens; why it failed, or nothing
    QString uri() const;
    pid_t pid() const;
    void kill() const; ///< and wait until it is gone; its QEMUs run on
    void signal(int number) const;

private:
    QString m_folder;
    std::unique_ptr<LibvirtSession> m_session;
};

} // namespace twinhull::test
