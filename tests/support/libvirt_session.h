// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <string>

namespace twinhull::test {

/// The session libvirt that programs of a TemporaryWorld cause (libvirtd starts itself below the private
/// XDG_RUNTIME_DIR). Ends it and every QEMU of it, by pid file; make it after the world.
class LibvirtSession {
public:
    LibvirtSession();
    ~LibvirtSession();
    LibvirtSession(const LibvirtSession&) = delete;
    LibvirtSession& operator=(const LibvirtSession&) = delete;

    pid_t libvirtd() const; ///< -1 while none runs
    void kill(pid_t pid) const; ///< and wait until it is gone

private:
    std::string m_folder;
};

} // namespace twinhull::test
