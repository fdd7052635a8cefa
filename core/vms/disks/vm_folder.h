// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/base/result.h"
#include "core/workload/workload_info.h"

#include <QStringList>

#include <chrono>
#include <optional>
#include <vector>

#include <sys/types.h>

namespace twinhull {

/// The marks of a VM's latest start, kept so that other programs and later ones can show them.
struct StartRecord {
    QString bootId; ///< of the host: CLOCK_MONOTONIC means nothing after the next boot
    pid_t qemuPid = 0; ///< of which QEMU the marks are
    std::vector<StartupMark> marks;
};

/// vms/UUID: what we own of a VM beside libvirt's definition.
class VmFolder {
public:
    VmFolder(const DataFolders& folders, const QString& uuid);

    QString path() const { return m_path; }
    QString overlayPath() const { return m_path + QStringLiteral("/overlay.img"); }
    QString diskPath() const { return m_path + QStringLiteral("/disk.qcow2"); }
    QString seedPath() const { return m_path + QStringLiteral("/seed.iso"); } ///< for cloud-init
    QString setupPath() const { return m_path + QStringLiteral("/setup.json"); }
    QString logPath() const { return m_path + QStringLiteral("/console.log"); }
    QString nvramPath() const { return m_path + QStringLiteral("/nvram.fd"); } ///< what its firmware keeps, where ours
    QString binRecordPath() const { return m_path + QStringLiteral("/removed.json"); } ///< core/vms/bin
    QString portsLockPath() const { return m_path + QStringLiteral("/ports.lock"); } ///< who publishes them holds it
    /// In the folder, or in the runtime folder where the path would be too long for a socket.
    QString agentSocketPath() const { return socketPath(QStringLiteral("agent")); }
    QString qemuAgentSocketPath() const { return socketPath(QStringLiteral("qga")); } ///< likewise
    QStringList sessionSocketPaths() const; ///< likewise, of guestSessionPort(0), (1) …

    /// How long libvirt took to define the domain, once, when it was made: no start has that in its marks.
    Result<> writeDefinition(std::chrono::nanoseconds duration) const;
    /// Nothing when there is none or it is broken.
    std::optional<std::chrono::nanoseconds> readDefinition() const;

    Result<> writeStart(const StartRecord& record) const;
    /// Nothing when there is none or it is broken.
    std::optional<StartRecord> readStart() const;

    /// The entrypoint's exit status as the console's end tells it.
    std::optional<int> exitStatus() const;
    /// The same right after the end: virtlogd, which writes the file, may be a moment behind QEMU. Blocks until the
    /// status stands there or the deadline (inotify(7)).
    std::optional<int> awaitExitStatus(std::chrono::milliseconds deadline) const;
    /// The last lines of the console, for an error's text; may be empty.
    QString logTail() const;

private:
    QString socketPath(const QString& name) const;

    QString m_path;
    QString m_shortPath; ///< what socket paths in the runtime folder begin with
};

/// Names this boot of the host (/proc/sys/kernel/random/boot_id).
QString hostBootId();

} // namespace twinhull
