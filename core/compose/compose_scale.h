// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/compose/compose_reader.h"
#include "core/compose/compose_steps.h"

namespace twinhull {

/// How many containers services have. A number that a person says stands above the file's until the next `up`.

/// Whether a service can have so many containers; InvalidArgument says what they cannot share.
Result<> checkScale(const ComposeService& service, unsigned count);

/// Each "SERVICE=NUMBER", of which the services can have so many.
Result<QMap<QString, unsigned>> scalesFromTexts(const QStringList& texts, const ComposeProject& project);

/// How many containers the services of a project have: as the highest number is, for others are only missing.
QMap<QString, unsigned> scalesOf(const std::vector<WorkloadInfo>& containers, const QString& project);

/// So many containers of these services. Containers that are there are left as they are, whatever the file says by now,
/// and other services alone.
UpWish scaleWish(
    const ComposeProject& project, const std::vector<WorkloadInfo>& containers, const QMap<QString, unsigned>& scales);

/// The files and the name that a container's project was opened with, as its labels tell; they may be a stranger's, so
/// a person should see the names before anything is done. NotFound where one of them is no file any more.
Result<ComposeChoice> composeChoiceOf(const WorkloadInfo& info);

} // namespace twinhull
