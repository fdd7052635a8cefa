// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/metrics/past_figures.h"
#include "ui/metrics/time_window.h"

#include <QObject>

#include <optional>

namespace twinhull {

/// One stretch of the history that charts look at: asks for it, with some to both sides, when it is needed and not
/// there, and never twice for the same. GUI thread.
class PastStretch : public QObject {
    Q_OBJECT

public:
    struct Need {
        TimeWindow window; ///< that is shown
        std::int64_t latest = 0; ///< after this moment the rings know all
        std::vector<WorkloadId> workloads;
        std::vector<Metric> metrics;
    };

    /// Without figures nothing is ever there. They must outlive this.
    explicit PastStretch(PastFigures* figures, QObject* parent = nullptr);
    ~PastStretch() override;

    /// Cheap where nothing has to be asked: on every tick.
    void need(const Need& need);
    void needNothing();

    /// Null where nothing was read. Times by momentOf().
    const std::vector<PastPoint>* column(const WorkloadId& id, Metric metric) const;
    /// On the CLOCK_MONOTONIC of this boot; below 0 before it.
    std::int64_t momentOf(const PastPoint& point) const { return point.wallMilliseconds * 1'000'000 - m_ahead; }
    std::int64_t stepNanoseconds() const { return m_answer.stepMilliseconds * 1'000'000; }
    bool isLoading() const { return m_question != nullptr; }
    const std::optional<Error>& error() const { return m_error; }

Q_SIGNALS:
    void changed();

private:
    void ask(const Need& need, std::int64_t step);
    void take(const Result<PastAnswer>& answer);

    PastFigures* m_figures;
    std::shared_ptr<PastQuestion> m_question; ///< until it is answered
    Need m_asked; ///< its window is what was asked for, with the margins
    std::int64_t m_askedStep = 0; ///< milliseconds; 0: nothing was asked
    std::int64_t m_ahead = 0; ///< of the wall clock when that was
    PastAnswer m_answer;
    std::optional<Error> m_error;
};

/// How fine the history is read for a window: about 700 points, at readable lengths from 1 s to 2 h. Milliseconds.
std::int64_t pastStepFor(const TimeWindow& window);

} // namespace twinhull
