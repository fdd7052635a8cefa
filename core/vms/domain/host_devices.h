// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"
#include "core/workload/host_device.h"

#include <vector>

namespace twinhull {

// The devices of a hypervisor's computer. Source: https://libvirt.org/formatnode.html and formatdomain.html
// ("USB / PCI / SCSI devices").

/// A device as libvirt describes it, before anything else is known of it.
struct NodeDevice {
    HostDevice device;
    QString nodeName; ///< libvirt's, "usb_1_2"
    QString parentName;
    bool isBridge = false; ///< of PCI
    QString file; ///< of USB, where the host opens it; may be empty
};

/// Nothing where it is neither of USB nor of PCI, or says too little.
std::optional<NodeDevice> parseNodeDevice(const QByteArray& xml);

/// What a machine's definition or running XML has of the host's devices, as kinds and values: "usb 046d:c52b".
QStringList hostDevicesIn(const QByteArray& domainXml);

struct HostDeviceUser {
    QString name;
    QStringList devices; ///< of hostDevicesIn()
    bool isRunning = false;
};

enum class HostDeviceRights {
    Root, ///< libvirt does what has to be done
    Person, ///< of a session, on this computer
    PersonThere, ///< of a session on another one, whose files cannot be asked for
};

/// With users, IOMMU groups and what stands against each; by kind and address.
std::vector<HostDevice> judgedDevices(
    const std::vector<NodeDevice>& devices, const std::vector<HostDeviceUser>& users, HostDeviceRights rights);

/// All that the connection tells. Blocks: libvirt threads only.
Result<std::vector<HostDevice>> readHostDevicesOf(virConnectPtr connection, const VmToolbox& tools);

} // namespace twinhull
