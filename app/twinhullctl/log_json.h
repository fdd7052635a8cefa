// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_id.h"

#include <QByteArray>

namespace twinhull {

/// A log as JSON objects, one a line: {"time", "stream", "text", "partial"}. Records of a program bear a time
/// (RFC 3339, UTC) and stdout or stderr; what else a VM's serial console says has none (null) and the stream "serial".
/// "partial": the line goes on in the next object of that stream. Bytes that are not UTF-8 become U+FFFD.
class LogJson {
public:
    explicit LogJson(WorkloadKind kind) : m_kind(kind) { }

    /// What was read next; a line without an end is kept for the next call, up to 64 KiB.
    QByteArray take(const QByteArray& bytes);
    /// What is left when nothing more will come.
    QByteArray rest();

private:
    enum class Piece { Line, Part };
    QByteArray object(QByteArray line, Piece piece) const;

    WorkloadKind m_kind;
    QByteArray m_begun;
};

} // namespace twinhull
