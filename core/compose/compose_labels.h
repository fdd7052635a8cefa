// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_info.h"

namespace twinhull {

/// Labels that say which project a container is of; docker's and podman's names, so that their files and habits hold.
inline const QString kProjectLabel = QStringLiteral("com.docker.compose.project");
inline const QString kServiceLabel = QStringLiteral("com.docker.compose.service");
inline const QString kNumberLabel = QStringLiteral("com.docker.compose.container-number"); ///< from 1
inline const QString kHashLabel = QStringLiteral("com.docker.compose.config-hash");
inline const QString kDependenciesLabel = QStringLiteral("com.docker.compose.depends_on"); ///< compose_power.h
inline const QString kFileLabel = QStringLiteral("com.docker.compose.project.config_files"); ///< absolute, with commas
inline const QString kEnvironmentFilesLabel
    = QStringLiteral("com.docker.compose.project.environment_file"); ///< likewise
inline const QString kFolderLabel = QStringLiteral("com.docker.compose.project.working_dir"); ///< absolute

/// Empty where it is of none.
inline QString projectOf(const WorkloadInfo& info)
{
    return info.labels.value(kProjectLabel);
}
inline QString serviceOf(const WorkloadInfo& info)
{
    return info.labels.value(kServiceLabel);
}
inline unsigned numberOf(const WorkloadInfo& info)
{
    return info.labels.value(kNumberLabel).toUInt();
}

/// Those of a project, by service and number.
std::vector<WorkloadInfo> containersOf(const std::vector<WorkloadInfo>& all, const QString& project);

/// How the names of a project's secrets begin in the store of secrets. A project's name has no ".".
inline QString composeSecretPrefix(const QString& project)
{
    return QStringLiteral("compose.%1.").arg(project);
}

} // namespace twinhull
