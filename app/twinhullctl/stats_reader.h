// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/twinhullctl/program.h"
#include "core/metrics/sampler.h"

#include <optional>

namespace twinhull {

/// The sampler on the workloads of a command line. The first frame has no rates yet and is not told.
class StatsReader : public QObject {
    Q_OBJECT

public:
    /// What takes a look at every file of a workload is read only where it is asked for.
    enum class Disks { LeftOut, Read };

    /// `ids` empty: all that run. A child of the program. With their disks the first frame is told once these are
    /// known, some seconds later at most.
    StatsReader(Program& program, std::vector<WorkloadId> ids, Disks disks);

    void start();

Q_SIGNALS:
    void read(const twinhull::MetricsFrame& frame);

private:
    void setTargets();
    bool isAwaited(const MetricsFrame& frame) const;

    Program& m_program;
    std::vector<WorkloadId> m_ids;
    Sampler m_sampler;
    Disks m_disks;
    int m_frames = 0;
    bool m_isTelling = false;
};

} // namespace twinhull
