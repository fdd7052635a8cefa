// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/copy/carrier_answer.h"

#include "core/base/data_folders.h"
#include "core/base/text.h"

#include <algorithm>

namespace twinhull {

namespace {

constexpr const char* kCarrier = "file-carrier";
constexpr std::size_t kReasonLimitBytes = 4096;

} // namespace

CarrierAnswer::CarrierAnswer(std::string workloadName, CarryTaker taker)
    : m_workloadName(std::move(workloadName)), m_taker(std::move(taker))
{
}

Result<> CarrierAnswer::hear(std::string_view bytes)
{
    m_decoder.append(bytes);
    for (;;) {
        auto message = m_decoder.take();
        if (!message)
            return std::move(message).error();
        if (!*message)
            return {};
        const CarryMessage& said = **message;
        if (said.kind == CarryKind::Failed)
            return Error{ said.code, "in " + m_workloadName + ": " + withoutControls(said.text), 0, {} };
        if (auto taken = m_taker(said); !taken)
            return taken;
        m_isDone = m_isDone || said.kind == CarryKind::Done;
    }
}

Result<> CarrierAnswer::hearReason(std::string_view bytes)
{
    m_reason.append(bytes.substr(0, kReasonLimitBytes - std::min(m_reason.size(), kReasonLimitBytes)));
    return {};
}

InsideStreams CarrierAnswer::streams(int input, const IsCancelled& isCancelled)
{
    return { input, [this](std::string_view bytes) { return hear(bytes); },
        [this](std::string_view bytes) { return hearReason(bytes); }, isCancelled };
}

Result<> CarrierAnswer::outcome(const Result<int>& status) const
{
    if (!status)
        return status.error();
    if (m_isDone)
        return {};
    const std::string reason = withoutControls(trimmed(m_reason));
    return Error{ ErrorCode::Unavailable,
        reason.empty() ? "the program that copies ended with status " + std::to_string(*status) : reason, 0, {} };
}

Result<InsideCommand> carrierCommand(const std::vector<std::string>& words)
{
    const std::string program = findProgram(kCarrier);
    if (program.empty())
        return Error{ ErrorCode::NotFound, "file-carrier, a part of Twinhull, is missing", 0, {} };
    InsideCommand command{ { kCarrier }, program, "0:0" };
    command.onlyReads = !words.empty() && (words.front() == "pack" || words.front() == "list");
    command.arguments.insert(command.arguments.end(), words.begin(), words.end());
    return command;
}

} // namespace twinhull
