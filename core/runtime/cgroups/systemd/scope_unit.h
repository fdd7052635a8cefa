// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/oci/runtime_spec.h"

#include <string>
#include <variant>
#include <vector>

namespace twinhull::runtime {

/// The unit that a container becomes.
struct ScopeName {
    std::string slice; ///< "machine.slice"; empty: systemd's own choice
    std::string prefix; ///< the unit is "PREFIX-NAME.scope"
    std::string name;

    std::string unit() const;
};

/// From linux.cgroupsPath "SLICE:PREFIX:NAME", as runc and crun define it; from an empty one "hull-ID.scope". Bytes
/// that may not stand in a unit's name are written as systemd-escape(1) does.
Result<ScopeName> scopeNameOf(const std::string& cgroupsPath, const std::string& id);

/// One property of a unit (org.freedesktop.systemd1(5)): a number (t), a text (s), a truth (b) or bytes (ay).
struct UnitProperty {
    struct Bytes {
        std::string value;
        bool operator==(const Bytes& other) const { return value == other.value; }
    };
    std::string name;
    std::variant<std::uint64_t, std::string, bool, Bytes> value;
};

/// CPUWeight of a group that runs when nobody else wants to: what is known as cpu.idle, since systemd 252.
inline constexpr std::uint64_t kIdleWeight = 0;

/// What `resources` asks for as far as systemd has a word for it: it writes these again whenever it is reloaded.
/// Everything else is written to the files only.
Result<std::vector<UnitProperty>> limitProperties(const oci::Resources& resources);

/// Of `before`, those that limitProperties(resources) has, too.
Result<std::vector<UnitProperty>> sameProperties(const oci::Resources& resources, const oci::Resources& before);

/// "0-2,8" as systemd's mask: bit N of byte N / 8. An error above 8191 and for what is no such list.
Result<std::string> maskOfList(const std::string& list);

} // namespace twinhull::runtime
