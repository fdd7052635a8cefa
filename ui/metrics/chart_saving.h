// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "ui/metrics/chart_card.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <functional>
#include <memory>
#include <vector>

class QWidget;

namespace twinhull {

class Job;
class JobQueue;

/// A file that a person may save under a name of their own.
struct SavableFile {
    QString suggestedName; ///< with its ending
    QString kind; ///< "CSV"
    std::function<Result<QByteArray>()> content; ///< asked on the GUI thread when the name is known
    QStringList columns = {}; ///< of a CSV of figures, which are described in a second file beside it
};

/// Writes what could be made; fails with the reason, and leaves the file as it was, where it could not. With columns
/// FILE-metadata.json as well (core/metrics/metric_legend.h).
std::unique_ptr<Job> exportJob(const QString& path, Result<QByteArray> content, const QStringList& columns = {});

/// Asks where to save it, then writes it by a job, so that a slow disk holds up nothing.
void saveByJob(QWidget* parent, JobQueue& jobs, SavableFile file);

/// The same for charts as they are shown when the name is known; those that are gone by then are left out.
void saveCharts(QWidget* parent, JobQueue& jobs, std::vector<ChartCard*> charts, ChartFormat format);

} // namespace twinhull
