// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <functional>

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

} // namespace twinhull
