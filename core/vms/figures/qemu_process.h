// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <cstdint>
#include <optional>
#include <vector>

#include <sys/types.h>

namespace twinhull {

/// The QEMU process of a domain on this computer, found by the UUID in its arguments; nothing when none runs or it
/// belongs to a user whose processes we may not see.
std::optional<pid_t> findQemu(const QString& uuid);

/// True for arguments (as /proc/PID/cmdline has them) of a QEMU that libvirt started for that domain.
bool isQemuOf(const std::string& commandLine, const QString& uuid);

/// What passes on the ports of that QEMU at IPv6 addresses (core/ipc/relay_words.h); `qemu` 0: of any QEMU of the
/// domain.
std::optional<pid_t> findPortRelay(const QString& uuid, pid_t qemu);
bool isPortRelayOf(const std::string& commandLine, const QString& uuid, pid_t qemu);

/// Whether a signal or a debugger stopped the process: then it answers nobody until it goes on.
bool isHalted(pid_t pid);

/// CLOCK_MONOTONIC of a process's start, to a clock tick (10 ms); nothing when it is gone.
std::optional<std::int64_t> processStartNanoseconds(pid_t pid);

/// The same by the file that libvirt's child writes its process id into as its first act, before it becomes QEMU: to a
/// timer tick of the kernel (1 to 4 ms). Nothing where no file of `folders` names that process.
std::optional<std::int64_t> pidFileNanoseconds(pid_t pid, const QString& domainName, const QStringList& folders);

/// Programs that libvirt started beside the QEMU of a domain and that live (virtiofsd, passt, swtpm, dbus-daemon …), by
/// the files that it keeps of them in the one of `folders` that names `qemu`, and in the folders below: ID-NAME-….pid.
/// libvirt cuts NAME after twenty characters.
std::vector<pid_t> helpersOf(pid_t qemu, int domainId, const QString& domainName, const QStringList& folders);

/// Where libvirt's daemons keep those files: the session's and the system's.
QStringList pidFileFolders();

} // namespace twinhull
