// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/workload/workload_info.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <optional>

namespace twinhull {

/// Our element in a domain's metadata.
constexpr const char* kDomainNamespace = "https://twinhull.org/xmlns/domain/1.0";

/// What we wrote into a domain's metadata when we made it.
struct DomainMark {
    QString imageReference; ///< as a person says it; empty unless made from an image
    QString imageDigest;
    QString twinGroup;
    std::vector<PublishedPort> ports;
    std::optional<double> cpus; ///< as asked; the VM has whole ones
    QMap<QString, QString> labels;

    friend bool operator==(const DomainMark&, const DomainMark&) = default;
};

/// What a domain's XML says, as far as we use it.
struct DomainDescription {
    QString type; ///< "kvm", "qemu", "test" …
    QString title; ///< may be empty
    QString machine; ///< as libvirt names it, "pc-q35-7.2"; empty: nothing is said
    std::uint64_t memoryBytes = 0; ///< at most
    std::uint64_t currentMemoryBytes = 0; ///< what the balloon leaves of it; 0: nothing is said
    int cpus = 0; ///< plugged in; there may be sockets for more
    QString kernelPath; ///< booted directly; empty where the firmware finds one
    QStringList diskPaths; ///< files and block devices, media included
    QStringList readOnlyDiskPaths; ///< of those: disks that are only read
    QStringList mediaPaths; ///< of those: what lies in a CD or floppy drive
    QString agentSocket; ///< of our own agent; empty where the VM has none
    QStringList sessionSockets; ///< of guestSessionPort(); commands can be run in the VM through each
    QString logPath; ///< of the serial console; empty where it goes nowhere
    std::optional<DomainMark> mark; ///< absent: made by others

    bool hasAgent() const { return !agentSocket.isEmpty(); }
    bool isFromImage() const { return mark && !mark->imageDigest.isEmpty(); }
};

/// Corrupt when it is not a domain.
Result<DomainDescription> parseDomain(const QByteArray& xml);

} // namespace twinhull
