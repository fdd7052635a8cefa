// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/ipc/monitor_messages.h"
#include "core/monitor/output_fifo.h"
#include "core/oci/container_record.h"

#include <string>
#include <vector>

namespace twinhull {

/// hull's command line for one container, whose state lies below `stateFolder`.
class HullClient {
public:
    HullClient(std::string hullPath, std::string stateFolder, std::string id);

    /// The container's first process waits for start(). On failure the error is what hull said, which is taken out of
    /// `error`.
    Result<> create(const std::string& bundle, const OutputFifo& output, OutputFifo& error);
    /// Returns when the entrypoint's exec has happened or failed.
    Result<> start();
    /// Kills what is left of it and forgets it; a container that hull does not know is success.
    Result<> remove();

    /// What hull wrote about it.
    Result<oci::ContainerRecord> record() const;
    /// The marks that came since create(), oldest first.
    std::vector<MonitorMark> takeMarks();

private:
    std::vector<std::string> arguments(std::vector<std::string> more) const;

    std::string m_hullPath;
    std::string m_stateFolder;
    std::string m_id;
    UniqueFd m_marks;
    std::string m_markText;
};

} // namespace twinhull
