// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/series_source.h"

#include <algorithm>

namespace twinhull {

namespace {

constexpr std::int64_t kHourNanoseconds = 3'600'000'000'000;
constexpr std::int64_t kDayNanoseconds = 24 * kHourNanoseconds;

std::int64_t firstOf(const Readings& readings, std::int64_t otherwise)
{
    return readings.empty() ? otherwise : readings.front().monotonicNanoseconds;
}

void addTo(PastPoint& sum, const PastPoint& point)
{
    sum.least += point.least;
    sum.mean += point.mean;
    sum.greatest += point.greatest;
}

/// Points of all these columns added up where all stand at the same time. A sum of two extremes is what the sum may
/// have reached at most.
std::vector<PastPoint> joined(const PastStretch& stretch, const WorkloadId& id, Quantity quantity)
{
    struct Sum {
        PastPoint point;
        std::size_t parts = 1;
    };
    std::map<std::int64_t, Sum> sums;
    for (const Metric metric : quantity.metrics()) {
        const auto* column = stretch.column(id, metric);
        if (column != nullptr && quantity.metrics().size() == 1)
            return *column;
        for (std::size_t i = 0; column != nullptr && i < column->size(); ++i) {
            const auto [sum, isNew] = sums.try_emplace((*column)[i].wallMilliseconds, Sum{ (*column)[i] });
            if (isNew)
                continue;
            addTo(sum->second.point, (*column)[i]);
            ++sum->second.parts;
        }
    }
    std::vector<PastPoint> points;
    points.reserve(sums.size());
    for (const auto& [time, sum] : sums) {
        if (sum.parts == quantity.metrics().size())
            points.push_back(sum.point);
    }
    return points;
}

void moveInTime(Readings& readings, std::int64_t later)
{
    for (TimePoint& point : readings)
        point.monotonicNanoseconds += later;
}

} // namespace

SeriesSource::SeriesSource(const MetricRings& rings, TimeView& view, PastFigures* past, QObject* parent)
    : QObject(parent), m_rings(rings), m_view(view), m_begun(view.now()), m_shown(past), m_under(past)
{
    connect(&m_view, &TimeView::changed, this, [this] {
        demand();
        Q_EMIT changed();
    });
    connect(&m_rings, &MetricRings::ticked, this, &SeriesSource::demand);
    connect(&m_rings, &MetricRings::restored, this, [this](const WorkloadId& id) {
        const auto ids = allIds();
        if (std::find(ids.begin(), ids.end(), id) != ids.end())
            Q_EMIT changed();
    });
    connect(&m_shown, &PastStretch::changed, this, &SeriesSource::changed);
    connect(&m_under, &PastStretch::changed, this, &SeriesSource::changed);
}

std::int64_t SeriesSource::overlayNanoseconds() const
{
    switch (m_overlay) {
    case Overlay::None:
        return 0;
    case Overlay::LengthBefore:
        return m_view.lengthNanoseconds();
    case Overlay::DayBefore:
        return kDayNanoseconds;
    case Overlay::Chosen:
        return m_other.earlierNanoseconds;
    }
    return 0;
}

void SeriesSource::setWorkloads(std::vector<WorkloadId> workloads)
{
    m_workloads = std::move(workloads);
    demand();
}

void SeriesSource::setQuantities(std::span<const Quantity> quantities)
{
    m_metrics.clear();
    for (const Quantity quantity : quantities) {
        for (const Metric metric : quantity.metrics()) {
            if (std::find(m_metrics.begin(), m_metrics.end(), metric) == m_metrics.end())
                m_metrics.push_back(metric);
        }
    }
    demand();
}

void SeriesSource::setOverlay(Overlay overlay)
{
    m_overlay = overlay;
    demand();
    Q_EMIT changed();
}

void SeriesSource::setOther(OtherRange other)
{
    m_other = std::move(other);
    m_under.needNothing(); // what was asked may be of others
    setOverlay(Overlay::Chosen);
}

std::vector<WorkloadId> SeriesSource::underIds() const
{
    return m_overlay == Overlay::Chosen && m_other.workload ? std::vector{ *m_other.workload } : m_workloads;
}

std::vector<WorkloadId> SeriesSource::allIds() const
{
    std::vector<WorkloadId> ids = m_workloads;
    if (m_overlay == Overlay::Chosen && m_other.workload)
        ids.push_back(*m_other.workload);
    return ids;
}

void SeriesSource::demand()
{
    demandOf(m_shown, m_view.window(), m_workloads);
    if (m_overlay == Overlay::None) {
        m_under.needNothing();
        return;
    }
    const TimeWindow window = m_view.window();
    demandOf(m_under, { window.fromNanoseconds - overlayNanoseconds(), window.toNanoseconds - overlayNanoseconds() },
        underIds());
}

/// The rings ask for what they have not of the last hour themselves.
void SeriesSource::demandOf(PastStretch& stretch, const TimeWindow& window, const std::vector<WorkloadId>& ids) const
{
    if (window.fromNanoseconds < m_view.now() - kHourNanoseconds)
        stretch.need({ window, ringsBegin(ids), ids, m_metrics });
}

/// The latest moment at which a ring begins. What has no ring was not read since this began.
std::int64_t SeriesSource::ringsBegin(const std::vector<WorkloadId>& ids) const
{
    std::int64_t begin = m_begun;
    for (const WorkloadId& id : ids) {
        for (const Metric metric : m_metrics) {
            const TimeSeries* ring = m_rings.series(id, metric, Reach::Hour);
            if (ring != nullptr)
                begin = std::max(begin, ring->first()->monotonicNanoseconds);
        }
    }
    return begin;
}

SeriesReadings SeriesSource::read(const WorkloadId& id, Quantity quantity) const
{
    return readFrom(m_shown, id, quantity, m_view.window());
}

SeriesReadings SeriesSource::readOverlay(const WorkloadId& id, Quantity quantity) const
{
    if (m_overlay == Overlay::None)
        return {};
    const std::int64_t earlier = overlayNanoseconds();
    const TimeWindow window = m_view.window();
    SeriesReadings series
        = readFrom(m_under, id, quantity, { window.fromNanoseconds - earlier, window.toNanoseconds - earlier });
    moveInTime(series.means, earlier);
    moveInTime(series.lows, earlier);
    moveInTime(series.highs, earlier);
    series.gaps.coarseUntilNanoseconds += earlier;
    for (std::int64_t& moment : series.moments)
        moment += earlier;
    return series;
}

SeriesReadings SeriesSource::readFrom(
    const PastStretch& stretch, const WorkloadId& id, Quantity quantity, const TimeWindow& window) const
{
    SeriesReadings series;
    series.means = readingsOf(m_rings, id, quantity, window);
    series.moments = momentsOf(m_rings, id, quantity, window);
    // What a ring holds before the window's first moment tells that the history is not needed.
    const std::int64_t ringBegin = firstOf(series.means, m_view.now());
    if (ringBegin <= window.fromNanoseconds)
        return series;
    const std::int64_t step = stretch.stepNanoseconds();
    Readings before;
    for (const PastPoint& point : joined(stretch, id, quantity)) {
        const std::int64_t moment = stretch.momentOf(point);
        if (moment + step / 2 > ringBegin || moment < window.fromNanoseconds - step
            || moment > window.toNanoseconds + step)
            continue;
        before.push_back({ moment, point.mean });
        series.lows.push_back({ moment, point.least });
        series.highs.push_back({ moment, point.greatest });
    }
    if (before.empty())
        return series;
    series.stepNanoseconds = step;
    series.gaps = { before.back().monotonicNanoseconds + 1, std::max(kGapNanoseconds, step + step / 2) };
    before.insert(before.end(), series.means.begin(), series.means.end());
    series.means = std::move(before);
    return series;
}

QString SeriesSource::absence(const WorkloadId& id, Quantity quantity) const
{
    for (const Metric metric : quantity.metrics()) {
        if (const QString reason = m_shown.absence(id, metric); !reason.isEmpty())
            return reason;
    }
    return {};
}

QString SeriesSource::trouble() const
{
    const std::optional<Error>& asked = m_shown.error() ? m_shown.error() : m_under.error();
    const Error* error = asked ? &*asked : nullptr;
    for (const WorkloadId& id : allIds())
        error = error != nullptr ? error : m_rings.pastError(id);
    if (error == nullptr)
        return {};
    const QString text = tr("The history cannot be read: %1").arg(QString::fromStdString(error->message));
    return error->hint.empty() ? text : text + QStringLiteral(". ") + QString::fromStdString(error->hint);
}

void SeriesSource::retry()
{
    m_shown.retry();
    m_under.retry();
    for (const WorkloadId& id : allIds())
        m_rings.retryPast(id);
    demand();
    Q_EMIT changed(); // whoever reads the rings then asks for theirs
}

} // namespace twinhull
