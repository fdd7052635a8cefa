// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/command_runner.h"

#include <QStringList>

namespace twinhull {

/// CommandRunner::runInside() for a VM with these sockets (DomainDescription::sessionSockets).
std::unique_ptr<Job> makeGuestCommandJob(
    const QString& title, const QStringList& sockets, InsideCommand command, std::shared_ptr<CommandOutcome> outcome);

/// CommandRunner::prepareInside() for such a VM.
InsideRun makeGuestRun(const QStringList& sockets, InsideCommand command);

} // namespace twinhull
