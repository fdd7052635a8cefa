// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/domain/domain_xml.h"
#include "core/workload/machine_hardware.h"

namespace twinhull {

/// Where a field stands in a domain's XML (https://libvirt.org/formatdomain.html). What has no place of its own has
/// functions, which get the device's element, or the domain's for parts of the machine.
struct FieldRule {
    const char* key;
    const char* label;
    HardwareField::Kind kind = HardwareField::Kind::Text;
    const char* path = ""; ///< of textAt(); of a flag without "@" an element that is there or not
    const char* choices = ""; ///< separated by blanks; of a flag with "@" the word for yes, else an example
    const char* initial = ""; ///< of a device that is added
    QString (*read)(xmlNodePtr element) = nullptr;
    Result<> (*write)(xmlNodePtr element, const QString& value) = nullptr;
    bool isTheSameRunning = true; ///< false: libvirt writes another value where it runs, though nothing is pending
};

struct DeviceRule {
    const char* kind;
    const char* label;
    const char* element; ///< below <devices>; empty: a part of the machine
    const char* marks; ///< "device=cdrom type=file": attributes that it is made with
    const char* tellingMark; ///< the one of them that tells it from others of that element; may be empty
    const char* nameKey; ///< the field that names it; empty: its kind and a number
    std::vector<FieldRule> fields;
    bool isAddable = true;
};

const std::vector<DeviceRule>& deviceRules();
const DeviceRule* ruleOfKind(const QString& kind); ///< null where there is none
/// Null where we do not know such a device.
const DeviceRule* ruleOf(xmlNodePtr device);

QString fieldValue(const FieldRule& rule, xmlNodePtr element);
/// InvalidArgument where the value makes no sense; what only libvirt can tell is left to it.
Result<> setFieldValue(const FieldRule& rule, xmlNodePtr element, const QString& value);

} // namespace twinhull
