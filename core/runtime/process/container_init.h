// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/runtime/mounts/mapped_mounts.h"
#include "core/runtime/mounts/root_filesystem.h"
#include "core/runtime/namespaces/namespace_plan.h"
#include "core/runtime/process/entrypoint.h"

namespace twinhull::runtime {

/// Everything a container's first process needs to know, made before it exists.
enum class Keyring {
    Own, ///< a new session keyring: keys of the caller's session are not the container's
    Callers, ///< `--no-new-keyring`
};

struct InitPlan {
    const oci::RuntimeSpec& spec;
    std::string bundle;
    RootFilesystem root;
    NamespacePlan namespaces;
    Entrypoint entrypoint;
    UniqueFd gate; ///< where to wait for `hull start`; empty: go on at once
    MappedMounts mappedMounts = {};
    Keyring keyring = Keyring::Own;

    /// Whether the new process must wait until hull has done what only the outside may do.
    bool isEquippedFromOutside() const
    {
        return namespaces.makes(oci::NamespaceKind::User) || !spec.linux_.netDevices.empty();
    }
};

/// The child's half, from its first instruction in the new namespaces to execve. Reports over `sync`; never returns.
[[noreturn]] void runContainerInit(Syscalls& calls, const InitPlan& plan, SyncChannel sync);

/// The part between the mapping of ids and Ready, for tests: hostname, mounts, devices, masks, in the order in which
/// they have to happen, ending inside the new root. Returns the terminal where one was asked for.
Result<std::optional<UniqueFd>> buildSurroundings(Syscalls& calls, const InitPlan& plan, const SyncChannel& sync);

} // namespace twinhull::runtime
