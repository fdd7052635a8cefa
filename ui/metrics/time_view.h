// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metric_rings.h"
#include "ui/metrics/time_window.h"

#include <QObject>

#include <chrono>

namespace twinhull {

/// The range of time that all charts of a page show together: it follows the ticks, or it stands still. It reaches back
/// as far as the history does, and never beyond now. GUI thread.
class TimeView : public QObject {
    Q_OBJECT

public:
    static constexpr std::chrono::seconds kShortest{ 10 };
    static constexpr std::chrono::seconds kLongest{ 30 * 24 * 3600 };

    /// The rings tell what now is, and must outlive this.
    explicit TimeView(const MetricRings& rings, QObject* parent = nullptr);

    bool isLive() const { return m_isLive; }
    /// As setSpan() said.
    std::chrono::seconds span() const { return m_span; }
    std::int64_t lengthNanoseconds() const { return m_length; }
    TimeWindow window() const;
    std::int64_t now() const; ///< of the latest tick

    /// Of that length from here on, live or about the middle of what is shown; reset() comes back to this length.
    void setSpan(std::chrono::seconds span);
    void goLive();
    void reset(); ///< live, as long as setSpan() said
    /// Shows `factor` times as much; the moment at `share` of the width (0 left, 1 right) stays where it is. What
    /// reaches now follows it again.
    void zoom(double factor, double share);
    void pan(double shares); ///< of the length; above 0 to later
    /// Stands still there; as far as it reaches beyond now there is nothing.
    void show(std::int64_t fromNanoseconds, std::chrono::seconds length);

Q_SIGNALS:
    void changed(); ///< not told for ticks

private:
    void place(std::int64_t from, std::int64_t length);

    const MetricRings& m_rings;
    bool m_isLive = true;
    std::int64_t m_from = 0; ///< while it stands still
    std::chrono::seconds m_span{ 600 };
    std::int64_t m_length;
};

/// What CLOCK_REALTIME in nanoseconds is ahead of ageClockNanoseconds() now.
std::int64_t wallClockAhead();

} // namespace twinhull
