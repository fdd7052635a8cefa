// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/runtime_spec.h"

namespace twinhull::runtime {

/// Whether this computer's kernel runs AppArmor, or SELinux.
bool hasAppArmor();
bool hasSelinux();

/// An error where `process` asks for a label that this computer cannot give or SELinux's policy does not know: a
/// program is never run with less protection than it was promised.
Result<> checkLabels(const oci::Process& process, const std::string& mountLabel = {});

/// Sets the label that the next execve of this process takes. Inside the container, whose /proc must be the kernel's
/// (CVE-2019-16884). Nothing where none is asked for.
Result<> applyLabels(const oci::Process& process);

/// Joins a new session keyring that has the label of the process, so that this may use it: one made without would have
/// hull's. In the container, as applyLabels(). Nothing where no label of SELinux is asked for.
Result<> joinLabelledKeyring(const oci::Process& process);

} // namespace twinhull::runtime
