// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace twinhull {

/// Starts libvirt's event loop on a thread of its own, once in a process; it ends with the process. Must be called
/// before the first connection is opened (virEventRegisterImpl). Also silences libvirt's own printing of errors:
/// they come as values.
void ensureLibvirtEvents();

} // namespace twinhull
