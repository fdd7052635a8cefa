// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/pause_job.h"

#include <QTimer>

namespace twinhull {

PauseJob::PauseJob(QString title, std::chrono::milliseconds duration) : Job(std::move(title)), m_duration(duration) { }

void PauseJob::doStart()
{
    QTimer::singleShot(m_duration, this, [this] { finish({}); });
}

void PauseJob::doCancel()
{
    finish(Error{ ErrorCode::Cancelled, "cancelled", 0, {} });
}

} // namespace twinhull
