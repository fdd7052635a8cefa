// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <optional>

namespace twinhull {

/// A USB or PCI device of the computer that a hypervisor runs on, which a machine could be given.
struct HostDevice {
    QString kind; ///< "usb" or "pci", as of HardwareDevice
    QString name; ///< its maker's and its own; may be empty
    QString ids; ///< "046d:c52b": vendor and product
    QString address; ///< "1.3": bus and device of USB; "0000:00:1f.2" of PCI
    QString driver = {}; ///< of the host, that has it now; may be empty
    std::optional<int> iommuGroup = {}; ///< of PCI
    QStringList groupOthers = {}; ///< addresses in that group, bridges left out: all go to one machine or to none
    QStringList users = {}; ///< machines that are defined with it
    QStringList runningUsers = {};
    QString value = {}; ///< of the field "device": what names it, and it alone
    QString obstacle = {}; ///< why no machine can be given it now; empty: nothing is known

    friend bool operator==(const HostDevice&, const HostDevice&) = default;
};

} // namespace twinhull
