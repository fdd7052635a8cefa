// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_import.h"

namespace twinhull {

/// What a cloud image's first boot is told, as typed.
struct CloudInitText {
    QString user;
    QString password; ///< hashed where the medium is made; never shown
    QString keyFiles; ///< of public keys, separated by commas
    QString packages; ///< separated by spaces or commas
    QString hostName;
    QString userDataFile;
    QString networkConfigFile;

    QStringList keyFileList() const;
    QStringList packageList() const;
};

/// What an installer that asks nothing is told, as typed.
struct UnattendedText {
    QString user;
    QString password; ///< never shown
    QString keyFiles; ///< of public keys, separated by commas
    QString hostName;

    QStringList keyFileList() const;
};

/// What the sheet says of a VM with a system of its own, beside what every workload has.
struct MachineForm {
    QString systemId; ///< empty: as the medium tells
    std::optional<MachineFirmware> firmware; ///< absent: as the system wants it
    bool isInPlace = false;
    QString enlargedTo; ///< "40G"; empty: the disk keeps its size
    QString pool; ///< for the new disk; empty: the VM's own folder, on another computer the usual pool
    QString volume; ///< the new disk's name in that pool; empty: after the VM
    MachineCard card; ///< where it has a network
    QString kernelArguments; ///< of an installer from a tree
    std::optional<UnattendedText> unattended; ///< absent: the installer asks
    CloudInitText cloudInit;
};

/// What stands in the text itself; the files that it names are for readCloudFiles().
CloudInit cloudInitOf(const CloudInitText& text);
UnattendedInstall unattendedOf(const UnattendedText& text); ///< likewise
/// Reads the keys. Blocks.
Result<> readUnattendedFiles(const UnattendedText& text, UnattendedInstall& into);
/// Reads keys and own data. Blocks.
Result<> readCloudFiles(const CloudInitText& text, CloudInit& into);

} // namespace twinhull
