// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metric_source.h"

#include <QObject>

#include <chrono>
#include <memory>
#include <vector>

namespace twinhull {

/// Reads all subscribed workloads once a second on a thread of its own and sends one frame a tick to the thread it
/// lives on.
class Sampler : public QObject {
    Q_OBJECT

public:
    explicit Sampler(QObject* parent = nullptr);
    ~Sampler() override; ///< stops the thread and waits for it (one tick at most)

    /// Before start(); asked in this order on every tick. The host's reader is there already, first. Shared, because a
    /// source may outlive its maker by a tick.
    void addSource(std::shared_ptr<MetricSource> source);
    void start(std::chrono::milliseconds interval = std::chrono::seconds(1));

    /// Replaces whom to read from the next tick on. Cheap; any time.
    void setTargets(std::vector<MetricTarget> targets);

    /// While nobody looks, containers that rest are read every tenth tick and slow figures more slowly. Any time.
    void setAttention(Attention attention);

    /// Whether frames have the counters behind the rates, too. Any time.
    void setTotalsWanted(bool areWanted);

Q_SIGNALS:
    void frameReady(const twinhull::MetricsFrame& frame);

private:
    struct Private;
    std::unique_ptr<Private> m_d;
};

} // namespace twinhull
