// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/metrics/chart_card.h"

#include <QByteArray>
#include <QString>

#include <functional>
#include <vector>

class QWidget;

namespace twinhull {

class JobQueue;

/// A file that a person may save under a name of their own.
struct SavableFile {
    QString suggestedName; ///< with its ending
    QString kind; ///< "CSV"
    std::function<QByteArray()> content; ///< asked on the GUI thread when the name is known
};

/// Asks where to save it, then writes it by a job, so that a slow disk holds up nothing.
void saveByJob(QWidget* parent, JobQueue& jobs, SavableFile file);

/// The same for charts as they are shown when the name is known; those that are gone by then are left out.
void saveCharts(QWidget* parent, JobQueue& jobs, std::vector<ChartCard*> charts, ChartFormat format);

} // namespace twinhull
