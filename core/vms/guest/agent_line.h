// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QJsonObject>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace twinhull {

/// Of a file in one command to qemu-guest-agent, before base64.
constexpr qint64 kAgentPieceBytes = qint64(48) << 10U;

/// How a program inside stands (guest-exec-status).
struct AgentProgramStatus {
    bool hasEnded = false;
    int exitStatus = 0; ///< 0..255; 128 and the signal's number when one ended it
    std::string output;
    std::string errorOutput;
    bool isCut = false; ///< the agent kept a part of the output only
};

struct AgentPiece {
    std::string bytes;
    bool isEnd = false;
};

enum class AgentFileMode { Read, Write };

/// The commands of qemu-guest-agent (QEMU: docs/interop/qemu-ga-ref) that move files and run programs. A guest's
/// answers are hostile: their sizes, types and texts are checked, and what does not fit is Corrupt. Blocks as long as
/// the way to the agent does.
class AgentLine {
public:
    /// One command and its answer, both JSON. Unknown: the agent refused it, and the message tells its reason.
    using Ask = std::function<Result<QByteArray>(const QByteArray& command)>;

    explicit AgentLine(Ask ask) : m_ask(std::move(ask)) { }

    /// Paths are absolute and UTF-8.
    Result<qint64> open(const std::string& path, AgentFileMode mode) const;
    Result<AgentPiece> read(qint64 file, qint64 atMostBytes) const;
    /// How much of it was taken, at least a byte.
    Result<std::size_t> write(qint64 file, std::string_view bytes) const;
    Result<> close(qint64 file) const; ///< what was written has arrived then

    /// Returns the number of the process, which is the guest's word.
    Result<qint64> run(const std::vector<std::string>& arguments, std::string_view input) const;
    /// What has ended is told of once.
    Result<AgentProgramStatus> status(qint64 process) const;

private:
    Result<QJsonValue> call(const char* command, const QJsonObject& arguments) const;
    Error explained(const char* command, Error error) const;

    Ask m_ask;
};

} // namespace twinhull
