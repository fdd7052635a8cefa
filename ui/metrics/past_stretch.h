// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/metrics/past_figures.h"
#include "ui/metrics/time_window.h"

#include <QObject>

#include <optional>

namespace twinhull {

/// One stretch of the history that charts look at: asks for it, with some to both sides, when it is needed and not
/// there; for the same again only when it could not be read, or the wall clock was set. GUI thread.
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
    /// What could not be read is asked for at the next need, and not only after a while.
    void retry() { m_failedNanoseconds = 0; }

    /// Null where nothing was read. Times by momentOf().
    const std::vector<PastPoint>* column(const WorkloadId& id, Metric metric) const;
    /// Why nothing was read; empty where something was, or nobody knows.
    QString absence(const WorkloadId& id, Metric metric) const;
    /// On the clock of the rings; below 0 before this boot.
    std::int64_t momentOf(const PastPoint& point) const { return point.wallMilliseconds * 1'000'000 - m_ahead; }
    std::int64_t stepNanoseconds() const { return m_answer.stepMilliseconds * 1'000'000; }
    bool isLoading() const { return m_question != nullptr; }
    const std::optional<Error>& error() const { return m_error; }

Q_SIGNALS:
    void changed();

private:
    bool isDueAgain() const;
    void ask(const Need& need, std::int64_t step);
    void take(const Result<PastAnswer>& answer);

    PastFigures* m_figures;
    std::shared_ptr<PastQuestion> m_question; ///< until it is answered
    Need m_asked; ///< its window is what was asked for, with the margins
    std::int64_t m_askedStep = 0; ///< milliseconds; 0: nothing was asked
    std::int64_t m_ahead = 0; ///< of the wall clock when that was
    PastAnswer m_answer;
    std::optional<Error> m_error;
    std::int64_t m_failedNanoseconds = 0; ///< when that was; 0: may be asked again at once
};

/// How fine the history is read for a window: about 700 points, at readable lengths from 1 s to 2 h. Milliseconds.
std::int64_t pastStepFor(const TimeWindow& window);

} // namespace twinhull
