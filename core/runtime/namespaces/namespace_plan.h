// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/runtime_spec.h"
#include "core/runtime/syscalls.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace twinhull::runtime {

/// Which namespaces a container gets anew and which it joins. A cgroup namespace is always added: without one the
/// host's cgroup paths show.
struct NamespacePlan {
    struct Join {
        oci::NamespaceKind kind;
        UniqueFd fd;
    };

    std::uint64_t newFlags = 0; ///< CLONE_NEW*
    std::vector<Join> joins; ///< user first, so that it gives the right to join the others
    UniqueFd parentUsers; ///< the user namespace in which the new one is made; empty: the caller's

    bool makes(oci::NamespaceKind kind) const;
    std::uint64_t
    cloneFlags() const; ///< what clone3(2) shall make: a time namespace is entered by its first child only
    bool needsStage() const; ///< a process in between joins or makes what the first process is born into
    /// What the stage is born in: a time namespace belongs to the user namespace it is made in.
    std::uint64_t stageFlags() const;
    bool hasOwn(oci::NamespaceKind kind) const; ///< anew or joined: not the caller's
};

/// CLONE_NEW* of a kind.
int cloneFlagOf(oci::NamespaceKind kind);

/// Opens the paths and checks what they are. A new mount namespace is required: hull changes the root.
Result<NamespacePlan> planNamespaces(const std::vector<oci::Namespace>& namespaces);

/// The annotation org.twinhull.userns.parent into the plan, which must make a user namespace then.
Result<> planParentUsers(const std::map<std::string, std::string>& annotations, NamespacePlan& plan);

/// Enters `plan.parentUsers` where there is one, then all of `plan.joins`; a joined pid namespace holds for the
/// children of this process.
Result<> joinAll(Syscalls& calls, const NamespacePlan& plan);

} // namespace twinhull::runtime
