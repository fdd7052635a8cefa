// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/twinhull/metrics_endpoint.h"
#include "app/twinhull/other_connections.h"
#include "core/base/data_folders.h"
#include "core/containers/container_provider.h"
#include "core/history/history_reader.h"
#include "core/history/history_recorder.h"
#include "core/images/image_store.h"
#include "core/jobs/job_queue.h"
#include "core/metrics/event_trail.h"
#include "core/metrics/metric_rings.h"
#include "core/metrics/sampler.h"
#include "core/settings/settings.h"
#include "core/twin/twins.h"
#include "core/vms/vm_provider.h"
#include "core/workload/group_follower.h"
#include "core/workload/workload_registry.h"
#include "ui/page/app_context.h"

#include <memory>

namespace twinhull {

/// Everything the window stands on, in the order of its dependencies: what is below outlives what is above. Ending it
/// stops no workload.
class Program : public QObject {
    Q_OBJECT

public:
    Program();
    ~Program() override;

    AppContext& context() { return m_context; }
    Settings& settings() { return m_settings; }

    /// Makes the providers and starts to measure. Called once the window is on screen: start-up does not wait for
    /// libvirt or for monitors. Calls after the first do nothing.
    void startBackEnds();

    /// Whether somebody can see the window: what rests is read less often while nobody does.
    void setSeen(bool isSeen);

private:
    void followTargets();
    void subscribe();
    void followLooks();
    bool isLookedAt(const WorkloadId& id) const;
    void forget(const WorkloadId& id);
    void keepHistory();
    void offerMetrics();
    void tellAttention();
    void restore(const WorkloadId& id, const PackedTicks& readings);
    void restoreJournal();
    void restoreEvents(const WorkloadId& id, const std::vector<HistoryEvent>& events);

    DataFolders m_folders;
    Settings m_settings;
    ImageStore m_images;
    WorkloadRegistry m_registry;
    MetricRings m_rings;
    EventTrail m_events;
    Twins m_twins;
    HistoryReader m_past;
    std::unique_ptr<GroupFollower> m_groups;
    std::unique_ptr<ContainerProvider> m_containers;
    std::unique_ptr<VmProvider> m_vms;
    std::unique_ptr<OtherConnections> m_others;
    std::unique_ptr<HistoryRecorder> m_history;
    std::unique_ptr<Job> m_journal; ///< reads it
    MetricsEndpoint m_endpoint;
    MetricsFrame m_latestFrame; ///< while the endpoint listens
    std::unique_ptr<Sampler> m_sampler;
    std::vector<MetricTarget> m_targets; ///< what the sampler was told last
    JobQueue m_jobs; ///< jobs refer to providers and images
    AppContext m_context;
    bool m_isSubscriptionDue = false;
    bool m_isSeen = true;
};

} // namespace twinhull
