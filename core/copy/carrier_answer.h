// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/carry/carry_message.h"
#include "core/copy/descriptor_streams.h"
#include "core/workload/command_runner.h"

#include <string>
#include <vector>

namespace twinhull {

/// What file-carrier says inside a workload: its messages, and what comes beside them. A stranger's word.
class CarrierAnswer {
public:
    /// `taker` is not asked about a Failed: that becomes the error, with the workload's name.
    CarrierAnswer(std::string workloadName, CarryTaker taker);

    /// For InsideRun; this must outlive its call. `input` as in InsideStreams.
    InsideStreams streams(int input, const IsCancelled& isCancelled);
    /// Of all of it, where `status` is InsideRun's.
    Result<> outcome(const Result<int>& status) const;

private:
    Result<> hear(std::string_view bytes);
    Result<> hearReason(std::string_view bytes);

    std::string m_workloadName;
    CarryTaker m_taker;
    CarryDecoder m_decoder;
    std::string m_reason;
    bool m_isDone = false;
};

/// The program with these words, as root inside. NotFound: it is not installed.
Result<InsideCommand> carrierCommand(const std::vector<std::string>& words);

} // namespace twinhull
