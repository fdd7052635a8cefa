// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhull/program.h"

#include "core/base/clock.h"
#include "core/containers/disk_parts.h"
#include "core/containers/reachable_controllers.h"
#include "core/jobs/refused_job.h"
#include "core/metrics/age_clock.h"
#include "core/metrics/metric_source.h"
#include "core/metrics/prometheus_text.h"
#include "core/workload/journal_words.h"

#include <algorithm>
#include <utility>

namespace twinhull {

namespace {

QStringList controllersHere()
{
    return QString::fromStdString(reachableControllers()).simplified().split(u' ', Qt::SkipEmptyParts);
}

} // namespace

Program::Program()
    : m_folders(DataFolders::fromEnvironment())
    , m_settings(m_folders)
    , m_images(m_folders)
    , m_events(m_registry)
    , m_twins(m_registry, m_images)
    , m_past(m_folders.history())
    , m_endpoint([this](MetricsPage page) {
        const auto nameOf = [this](const WorkloadId& id) {
            const auto info = m_registry.find(id);
            return info ? info->name : id.key;
        };
        const bool isOpenMetrics = page == MetricsPage::OpenMetrics;
        return prometheusText(
            m_latestFrame, nameOf, isOpenMetrics ? PrometheusFormat::OpenMetrics : PrometheusFormat::Text);
    })
    , m_context{ m_registry, m_jobs, m_images, m_rings, m_twins, m_settings, m_folders, &m_past, &m_events,
        controllersHere() }
{
    followTargets();
}

Program::~Program() = default;

void Program::startBackEnds()
{
    if (m_containers)
        return;
    keepHistory(); // before the first workload is added
    m_images.refresh();
    m_groups = std::make_unique<GroupFollower>(m_folders, m_registry); // each comes in its place
    m_containers = std::make_unique<ContainerProvider>(m_folders, m_images);
    m_registry.add(m_containers.get());
    restoreJournal();
    VmOptions options;
    options.uri = m_settings.value(setting::kLibvirtUri);
    options.acceleration = accelerationFromText(m_settings.value(setting::kVmAcceleration));
    m_vms = std::make_unique<VmProvider>(m_folders, m_images, options);
    m_registry.add(m_vms.get());
    m_others = std::make_unique<OtherConnections>(m_folders, m_images, m_registry);
    m_sampler = std::make_unique<Sampler>();
    m_sampler->addSource(makeContainerDiskSource(m_folders));
    m_sampler->addSource(m_vms->figuresSource());
    m_sampler->addSource(m_others->figuresSource());
    connect(m_sampler.get(), &Sampler::frameReady, &m_rings, &MetricRings::append);
    connect(m_sampler.get(), &Sampler::frameReady, &m_events, &EventTrail::append);
    connect(m_sampler.get(), &Sampler::frameReady, m_history.get(), &HistoryRecorder::append);
    connect(m_sampler.get(), &Sampler::frameReady, this, &Program::followLooks);
    connect(m_sampler.get(), &Sampler::frameReady, this, [this](const MetricsFrame& frame) {
        if (m_endpoint.isListening())
            m_latestFrame = frame;
    });
    offerMetrics();
    connect(&m_settings, &Settings::changed, this, [this](const QString& key) {
        if (key == QLatin1String(setting::kMetricsPort.key))
            offerMetrics();
    });
    subscribe();
    m_sampler->start();
}

/// What happened in other runs of this program is read once a workload is known, their figures when somebody looks.
void Program::keepHistory()
{
    m_history = std::make_unique<HistoryRecorder>(m_registry, m_folders.history());
    connect(&m_registry, &WorkloadRegistry::added, m_history.get(),
        [this](const WorkloadInfo& info) { m_history->readEvents(info.id); });
    connect(&m_rings, &MetricRings::pastWanted, m_history.get(), &HistoryRecorder::readPast);
    connect(m_history.get(), &HistoryRecorder::written, &m_rings, &MetricRings::noteSaved);
    connect(m_history.get(), &HistoryRecorder::pastRead, this, &Program::restore);
    connect(m_history.get(), &HistoryRecorder::pastNotRead, &m_rings, &MetricRings::noteNotRestored);
    connect(m_history.get(), &HistoryRecorder::eventsRead, this, &Program::restoreEvents);
    connect(&m_events, &EventTrail::happened, m_history.get(), &HistoryRecorder::note);
    connect(m_history.get(), &HistoryRecorder::failed, this, [this](const Error& error) {
        m_jobs.submit(std::make_unique<RefusedJob>(tr("Keep the history of figures"), error));
    });
}

void Program::offerMetrics()
{
    m_latestFrame = {}; // as old as the last listening
    const int port = m_settings.value(setting::kMetricsPort);
    const auto listening = m_endpoint.listen(static_cast<quint16>(std::clamp(port, 0, 65535)));
    if (!listening)
        m_jobs.submit(std::make_unique<RefusedJob>(tr("Offer figures to Prometheus"), listening.error()));
    tellAttention();
}

void Program::setSeen(bool isSeen)
{
    m_isSeen = isSeen;
    tellAttention();
}

/// Who asks for figures from outside looks, too.
void Program::tellAttention()
{
    const bool isWatched = m_isSeen || m_endpoint.isListening();
    const Attention attention = isWatched ? Attention::Watched : Attention::Unwatched;
    if (m_sampler) {
        m_sampler->setAttention(attention);
        m_sampler->setTotalsWanted(m_endpoint.isListening());
    }
    if (m_history)
        m_history->setAttention(attention);
}

/// Times of other runs are the wall clock's; here they stand on the clock of this boot.
void Program::restore(const WorkloadId& id, const PackedTicks& readings)
{
    if (m_registry.find(id)) // it may be gone by now
        m_rings.restore(id, readings, ageClockNanoseconds() - wallClockMilliseconds() * 1'000'000);
}

/// What happened to containers while no window ran, as their monitors and the command line wrote it down.
void Program::restoreJournal()
{
    const std::int64_t zero = wallClockMilliseconds() - ageClockNanoseconds() / 1'000'000;
    const auto past = std::make_shared<std::vector<WorkloadEvent>>();
    m_journal = readJournalJob(m_folders.events(), zero, past);
    connect(m_journal.get(), &Job::finished, this, [this, past] {
        if (const auto& read = m_journal->result(); read)
            m_events.restore(*past, EventTrail::Origin::Journal);
        else
            m_jobs.submit(std::make_unique<RefusedJob>(tr("Read what happened to containers"), read.error()));
    });
    m_journal->start();
}

void Program::restoreEvents(const WorkloadId& id, const std::vector<HistoryEvent>& events)
{
    const std::int64_t shift = ageClockNanoseconds() - wallClockMilliseconds() * 1'000'000;
    std::vector<WorkloadEvent> past;
    for (const HistoryEvent& event : events)
        past.push_back({ id, event.wallMilliseconds * 1'000'000 + shift, event.kind });
    m_events.restore(past);
}

void Program::followTargets()
{
    // Many changes in one turn of the event loop make one new list of targets.
    const auto subscribeSoon = [this] {
        if (std::exchange(m_isSubscriptionDue, true))
            return;
        QMetaObject::invokeMethod(this, &Program::subscribe, Qt::QueuedConnection);
    };
    connect(&m_registry, &WorkloadRegistry::added, this, subscribeSoon);
    connect(&m_registry, &WorkloadRegistry::changed, this, subscribeSoon);
    connect(&m_registry, &WorkloadRegistry::removed, this, [this, subscribeSoon](const WorkloadId& id) {
        subscribeSoon();
        forget(id);
    });
}

void Program::subscribe()
{
    m_isSubscriptionDue = false;
    if (!m_sampler)
        return;
    std::vector<MetricTarget> targets;
    for (const WorkloadInfo& info : m_registry.workloads()) {
        if (info.footprint.hasFigures())
            targets.push_back({ info.id, info.footprint, isLookedAt(info.id) });
    }
    m_targets = std::move(targets);
    m_sampler->setTargets(m_targets);
}

/// Who asks for figures from outside looks at all.
bool Program::isLookedAt(const WorkloadId& id) const
{
    return m_endpoint.isListening() || m_rings.isLookedAt(id);
}

/// Whoever scrolls or opens a chart looks at others from the next tick on.
void Program::followLooks()
{
    if (!m_isSeen)
        return;
    const auto isOtherwise = [this](const MetricTarget& target) { return target.isLookedAt != isLookedAt(target.id); };
    if (std::any_of(m_targets.begin(), m_targets.end(), isOtherwise))
        subscribe();
}

void Program::forget(const WorkloadId& id)
{
    // After the views have let go of its rings.
    QMetaObject::invokeMethod(
        this, [this, id] { m_rings.forget(id); }, Qt::QueuedConnection);
}

} // namespace twinhull
