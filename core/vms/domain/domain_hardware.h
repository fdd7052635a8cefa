// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/domain/domain_xml.h"
#include "core/workload/machine_hardware.h"

namespace twinhull {

/// What these definitions say, as far as we know it, with the difference of the two. `running` may be empty. Corrupt
/// where one is no domain.
Result<std::vector<HardwareDevice>> hardwareOf(const QByteArray& defined, const QByteArray& running);

struct EditedDomain {
    QByteArray xml;
    QString device; ///< the key of what was added, set or removed; of a part of the machine its kind
    QByteArray deviceXml; ///< the device as it now is, of Remove as it was; empty for parts of the machine
};

/// The same domain with that edit and nothing else changed. NotFound for a device that it has not, InvalidArgument for
/// a field that such a device has not; both say what there is.
Result<EditedDomain> editedDomain(const QByteArray& xml, const HardwareEdit& edit);

/// One of each kind that can be added, with what is usual.
std::vector<HardwareDevice> addableHardware();

} // namespace twinhull
