// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/runtime/checkpoint/criu_messages.h"
#include "core/runtime/process/container_making.h"
#include "core/runtime/process/interruption.h"

namespace twinhull::runtime {

/// hull's part in the moments of a restore: the container's record is written as soon as its first process exists, and
/// before any of it runs on, so that nobody loses sight of it.
class RestoredProcess {
public:
    /// `emptyNamespaces`: those that criu makes and leaves to hull.
    RestoredProcess(Syscalls& calls, const oci::RuntimeSpec& spec, MadeContainer& made, std::uint32_t emptyNamespaces);

    /// criu stops meanwhile; an error makes it take everything back, also when hull was asked to end.
    Result<> meet(const CriuResponse& moment, const UniqueFd& attached);

    /// At the end: what a restore must have brought.
    Result<> complete() const;

private:
    Result<> adopt(pid_t pid);
    Result<> takeTerminal(const UniqueFd& master);
    Result<> setUpNamespaces();

    Syscalls& m_calls;
    const oci::RuntimeSpec& m_spec;
    MadeContainer& m_made;
    std::uint32_t m_emptyNamespaces;
    Interruption m_interruption;
};

} // namespace twinhull::runtime
