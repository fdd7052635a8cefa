// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <cstdint>
#include <optional>

#include <sys/types.h>

namespace twinhull {

/// The QEMU process of a domain on this computer, found by the UUID in its arguments; nothing when none runs or it
/// belongs to a user whose processes we may not see.
std::optional<pid_t> findQemu(const QString& uuid);

/// True for arguments (as /proc/PID/cmdline has them) of a QEMU that libvirt started for that domain.
bool isQemuOf(const std::string& commandLine, const QString& uuid);

/// CLOCK_MONOTONIC of a process's start, to a clock tick (10 ms); nothing when it is gone.
std::optional<std::int64_t> processStartNanoseconds(pid_t pid);

/// The same by the file that libvirt's child writes its process id into as its first act, before it becomes QEMU: to a
/// timer tick of the kernel (1 to 4 ms). Nothing where no file of `folders` names that process.
std::optional<std::int64_t> pidFileNanoseconds(pid_t pid, const QString& domainName, const QStringList& folders);

/// Where libvirt's daemons keep those files: the session's and the system's.
QStringList pidFileFolders();

} // namespace twinhull
