// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/root_form.h"
#include "core/images/worker_client.h"
#include "core/ipc/container_folder.h"
#include "core/ipc/container_settings.h"
#include "core/jobs/job.h"

#include <QStringList>

#include <memory>

namespace twinhull {

/// The layers that its root is made of, once that is decided.
LayerWish layerWishOf(const ContainerSettings& settings);

/// Makes the root of a container without an overlay: its image copied once, at the first start. Stopped anywhere,
/// nothing is there. `layers`: highest first.
std::unique_ptr<Job> rootCopyJob(
    const QString& title, const ContainerFolder& folder, const ContainerSettings& settings, const QStringList& layers);

/// The same on the thread that calls it, which may block. Nothing where it is made already, also where `layers` are an
/// error by now.
Result<> makeRootCopy(const ContainerFolder& folder, const ContainerSettings& settings,
    const Result<QStringList>& layers, const WorkerObserver& observer);

} // namespace twinhull
