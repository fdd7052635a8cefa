// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/storage/pool_access.h"
#include "core/workload/machine_access.h"

namespace twinhull {

/// A file that QEMU opens for a machine.
struct MachineFile {
    QString path;
    QString role; ///< as a person reads it
    FileUse use = FileUse::Read;
};

/// What keeps that user from them. Safe is only what leads through folders of the person at or below `home`.
std::vector<AccessObstacle> obstaclesTo(
    const std::vector<MachineFile>& files, const FileUser& user, const QString& home);

/// The same error; where it names a file that one of them keeps from that machine, with which and why, and the next
/// step. `connection`: as VmToolbox has it.
Error withObstacleNamed(
    Error error, const std::vector<AccessObstacle>& obstacles, const QString& machine, const QString& connection);

// The rest asks libvirt: its threads only.

/// Of a machine with this definition: its disks, what those are based on, its media, its kernel.
Result<std::vector<AccessObstacle>> obstaclesOf(
    virConnectPtr connection, const VmToolbox& tools, const QByteArray& domainXml);

/// The same, where it is about a file that may not be opened.
Error withObstacle(Error error, virConnectPtr connection, const VmToolbox& tools, const QByteArray& domainXml);

} // namespace twinhull
