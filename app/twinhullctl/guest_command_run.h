// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/twinhullctl/program.h"
#include "app/twinhullctl/raw_terminal.h"
#include "core/vms/guest/guest_exec.h"

#include <atomic>
#include <optional>
#include <thread>

namespace twinhull {

/// A command in a VM with this program's own streams, on a thread of its own. SIGINT and SIGTERM end it; in a terminal
/// Ctrl-C is the command's.
class GuestCommandRun : public QObject {
    Q_OBJECT

public:
    /// A child of the program, which it finishes with the command's exit status; with 255 when that could not be
    /// started.
    GuestCommandRun(Program& program, const QStringList& sockets, GuestCommand command);
    ~GuestCommandRun() override;

private:
    void onEnd(const Result<int>& status);

    Program& m_program;
    std::optional<RawTerminal> m_screen;
    std::atomic<bool> m_isCancelled = false;
    std::thread m_thread;
};

} // namespace twinhull
