// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/workload/machine_screens.h"

namespace twinhull {

/// A graphics device with what it takes to reach it.
struct ScreenDescription {
    MachineScreen screen;
    QString host; ///< that it listens on; empty: none
    int port = 0; ///< 0: none
    QString socketPath;
    QByteArray password; ///< where the XML has it (VIR_DOMAIN_XML_SECURE)
};

/// The graphics devices of a domain, in its order, 32 at most. Source: https://libvirt.org/formatdomain.html
Result<std::vector<ScreenDescription>> screensOf(const QByteArray& domainXml);

/// Where that host can be reached from here when the hypervisor is `remoteHost` (empty: this computer): a wildcard
/// means the hypervisor itself. Empty where only the hypervisor's own programs reach it.
QString reachableHost(const QString& listenHost, const QString& remoteHost);

} // namespace twinhull
