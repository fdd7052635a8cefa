// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <chrono>

namespace twinhull {

/// How new VMs get their CPU.
enum class AccelerationChoice {
    Auto, ///< KVM where a probe showed that guests really run on it, else TCG
    Kvm, ///< the person knows better than the probe
    Tcg, ///< always emulated
};

/// "auto", "kvm" or "tcg" (setting::kVmAcceleration); anything else is Auto.
inline AccelerationChoice accelerationFromText(const QString& text)
{
    if (text == u"kvm")
        return AccelerationChoice::Kvm;
    return text == u"tcg" ? AccelerationChoice::Tcg : AccelerationChoice::Auto;
}

struct VmOptions {
    QString uri = QStringLiteral("qemu:///session"); ///< any URI libvirt takes
    AccelerationChoice acceleration = AccelerationChoice::Auto;
    std::chrono::seconds powerButtonDeadline{ 60 }; ///< for a guest to shut down
    QString connection = {}; ///< its name; empty: the home connection, where twins and VMs from images are
};

} // namespace twinhull
