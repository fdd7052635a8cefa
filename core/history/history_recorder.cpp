// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/history_recorder.h"

#include "core/base/clock.h"
#include "core/history/history_queue.h"
#include "core/history/history_writer.h"
#include "core/metrics/age_clock.h"
#include "core/metrics/metric_catalogue.h"

namespace twinhull {

namespace {

constexpr std::int64_t kKeptNanoseconds = 30'000'000'000; // writing costs by the workload, not by the reading
constexpr std::int64_t kKeptUnwatchedNanoseconds = 60'000'000'000; // which one chunk of the database holds

TickValues readingOf(const MetricPoint& point, std::int64_t wallMilliseconds)
{
    TickValues reading{ wallMilliseconds, {} };
    for (std::size_t metric = 0; metric < kMetricCount; ++metric) {
        if (const auto& value = point.readings.at(metric))
            reading.values.at(metric) = static_cast<float>(*value);
    }
    return reading;
}

} // namespace

HistoryRecorder::HistoryRecorder(const WorkloadRegistry& workloads, std::string path, QObject* parent)
    : HistoryRecorder(workloads, std::move(path), HistoryQueue::kMostReadings)
{
    setParent(parent);
}

HistoryRecorder::HistoryRecorder(const WorkloadRegistry& workloads, std::string path, std::size_t mostWaitingReadings)
    : m_workloads(workloads)
    , m_path(std::move(path))
    , m_queue(std::make_shared<HistoryQueue>(mostWaitingReadings))
    , m_writer(new HistoryWriter(m_path))
{
    m_writer->moveToThread(&m_thread);
    connect(m_writer, &HistoryWriter::failed, this, &HistoryRecorder::failed);
    connect(m_writer, &HistoryWriter::written, this, &HistoryRecorder::written);
    connect(m_writer, &HistoryWriter::pastRead, this, &HistoryRecorder::pastRead);
    connect(m_writer, &HistoryWriter::pastNotRead, this, &HistoryRecorder::pastNotRead);
    connect(m_writer, &HistoryWriter::eventsRead, this, &HistoryRecorder::eventsRead);
    connect(&m_thread, &QThread::finished, m_writer, &QObject::deleteLater);
    m_thread.setObjectName(QStringLiteral("history"));
    m_thread.start(QThread::LowPriority);
}

HistoryRecorder::~HistoryRecorder()
{
    handOver();
    QMetaObject::invokeMethod(
        m_writer, [thread = &m_thread] { thread->quit(); }, Qt::QueuedConnection);
    m_thread.wait();
}

void HistoryRecorder::append(const MetricsFrame& frame)
{
    if (m_keptSince == 0)
        m_keptSince = frame.monotonicNanoseconds;
    for (const MetricPoint& point : frame.points) {
        Kept& kept = m_kept[point.id];
        for (std::size_t metric = 0; metric < kMetricCount; ++metric) {
            kept.needs.at(metric) = point.readings.at(metric).needs();
            kept.known.set(metric, kept.known.test(metric) || point.readings.at(metric).has_value());
        }
        PackedTicks& readings = kept.batch.readings;
        visitSparedMoments(point, frame.monotonicNanoseconds, [&](std::int64_t moment, const MetricPoint& told) {
            const std::int64_t ago = (frame.monotonicNanoseconds - moment) / 1'000'000;
            readings.append(readingOf(told, frame.wallMilliseconds - ago));
        });
        readings.append(readingOf(point, frame.wallMilliseconds));
    }
    const std::int64_t kept = m_attention == Attention::Watched ? kKeptNanoseconds : kKeptUnwatchedNanoseconds;
    if (frame.monotonicNanoseconds - m_keptSince >= kept)
        handOver();
}

void HistoryRecorder::note(const WorkloadEvent& event)
{
    const std::int64_t age = ageClockNanoseconds() - event.monotonicNanoseconds;
    m_kept[event.id].batch.events.push_back({ wallClockMilliseconds() - age / 1'000'000, event.kind });
}

void HistoryRecorder::handOver()
{
    std::map<WorkloadId, QString> names; // all at once: the registry copies its whole list for each question
    for (const WorkloadInfo& info : m_workloads.workloads())
        names.emplace(info.id, info.name);
    std::vector<HistoryBatch> batches;
    for (auto& [id, kept] : m_kept) {
        const auto name = names.find(id);
        kept.batch.id = id;
        kept.batch.name = name != names.end() ? name->second : id.key;
        for (const MetricRow& row : metricCatalogue()) {
            const auto metric = static_cast<std::size_t>(row.metric);
            if (!kept.known.test(metric) && kept.needs.at(metric) != Needs::Nothing)
                kept.batch.absent.emplace_back(row.metric, kept.needs.at(metric));
        }
        batches.push_back(std::move(kept.batch));
    }
    m_kept.clear();
    m_keptSince = 0;
    if (batches.empty())
        return;
    const auto pushed = m_queue->push(std::move(batches));
    if (pushed.wasEmpty) {
        QMetaObject::invokeMethod(
            m_writer, [writer = m_writer, queue = m_queue] { writer->write(queue->take(), wallClockMilliseconds()); });
    }
    tellLoss(pushed.lostReadings);
}

void HistoryRecorder::tellLoss(std::size_t readings)
{
    if (readings > 0 && !m_isLossTold)
        Q_EMIT failed(Error{ ErrorCode::Timeout,
            "the history of figures is written too slowly: the oldest of what waits is dropped", 0,
            "Look at the disk that holds " + m_path
                + "; charts show the latest hour all the same, and the history "
                  "marks where figures are missing" });
    m_isLossTold = readings > 0;
}

void HistoryRecorder::readPast(const WorkloadId& id, std::int64_t sinceMonotonicNanoseconds)
{
    const std::int64_t now = wallClockMilliseconds();
    const std::int64_t age = (ageClockNanoseconds() - sinceMonotonicNanoseconds) / 1'000'000;
    QMetaObject::invokeMethod(
        m_writer, [writer = m_writer, id, span = HistorySpan{ now - age, now }] { writer->readPast(id, span); });
}

void HistoryRecorder::readEvents(const WorkloadId& id)
{
    const std::int64_t now = wallClockMilliseconds();
    QMetaObject::invokeMethod(m_writer, [writer = m_writer, id, now] { writer->readEvents(id, now); });
}

} // namespace twinhull
