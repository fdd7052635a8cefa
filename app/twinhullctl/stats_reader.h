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
    /// `ids` empty: all that run. A child of the program.
    StatsReader(Program& program, std::vector<WorkloadId> ids);

    void start();

Q_SIGNALS:
    void read(const twinhull::MetricsFrame& frame);

private:
    void setTargets();

    Program& m_program;
    std::vector<WorkloadId> m_ids;
    Sampler m_sampler;
    bool m_isFirst = true;
};

} // namespace twinhull
