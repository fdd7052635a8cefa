// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/workload/workload_info.h"

#include <QObject>
#include <QProcess>
#include <QSize>
#include <QSocketNotifier>

#include <memory>

namespace twinhull {

/// A program on a terminal of its own (pty(7)), whose leader it is. Nothing blocks: it is read in small pieces, one a
/// turn of the event loop, and a program that writes faster than that waits. GUI thread.
class TerminalProgram : public QObject {
    Q_OBJECT

public:
    explicit TerminalProgram(QObject* parent = nullptr);
    ~TerminalProgram() override; ///< hangs up; what runs is ended

    /// `size` in columns and rows. Once.
    Result<> start(const QStringList& words, const QSize& size);
    void write(const QByteArray& bytes); ///< as typed; dropped once it has ended
    void resize(const QSize& size);

Q_SIGNALS:
    void received(const QByteArray& bytes);
    void ended(int exitStatus); ///< once and last; 128 and the signal's number when one ended it

private:
    void leaveToItsEnd();
    void readMore();
    void writeMore();
    void onFinished(int exitCode, QProcess::ExitStatus status);

    std::unique_ptr<QProcess> m_process;
    UniqueFd m_master;
    std::unique_ptr<QSocketNotifier> m_readable;
    std::unique_ptr<QSocketNotifier> m_writable;
    QByteArray m_waiting;
};

/// The command line that runs `command` in a running workload, in the terminal that it is given; `user` may be empty.
/// NotFound: twinhullctl is not installed.
Result<QStringList> terminalCommand(const WorkloadInfo& info, const QString& user, const QStringList& command);
/// The same for the terminal that a container's main process has (Capability::Console).
Result<QStringList> attachCommand(const WorkloadInfo& info);

} // namespace twinhull
