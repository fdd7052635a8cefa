// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/domain/definition_check.h"
#include "core/vms/link/libvirt_handles.h"
#include "core/workload/named_definitions.h"

#include <functional>

namespace twinhull {

/// A pool or a virtual network as far as its definition goes: libvirt has the same calls for both, under other names.
/// What it is of must outlive it.
struct DefinitionAccess {
    std::string words; ///< "pool disks"
    DefinitionKind kind;
    std::function<char*(unsigned flags)> read;
    std::function<int()> isActive;
    std::function<int()> isPersistent;
    std::function<bool(const char* xml, unsigned flags)> define;
};
inline constexpr unsigned kInactiveDefinition = 1; ///< a flag of `read`: what is defined, not what runs
inline constexpr unsigned kValidateDefinition = 1; ///< a flag of `define`

// All of it blocks: libvirt threads only.

Result<NamedDefinition> readDefinitionOf(const DefinitionAccess& access);
/// See NamedDefinitions::define().
Result<DefinitionOutcome> replaceDefinitionOf(
    virConnectPtr connection, const DefinitionAccess& access, const NewDefinition& definition);

/// Without what libvirt tells along with a definition and counts anew each time: how much is in a pool, how many are in
/// a network.
Result<QByteArray> definitionWithoutFigures(const QByteArray& xml, const DefinitionKind& kind);

/// The same, with the UUID that `now` has where it has none: libvirt would give it a new one, and then refuse that.
/// InvalidArgument where it is of another name or UUID.
Result<QByteArray> definitionInPlaceOf(const QByteArray& now, const QByteArray& xml, const DefinitionKind& kind);

} // namespace twinhull
