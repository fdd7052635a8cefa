// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"
#include "core/workload/machine_consoles.h"

#include <condition_variable>
#include <mutex>

namespace twinhull {

/// How many threads of consoles are at work, for who has to wait for their end. Thread-safe.
class ConsoleThreads {
public:
    void begin();
    void end();
    void waitForNone(std::chrono::milliseconds atMost);

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    int m_count = 0;
};

struct ConsoleTarget {
    QString uri; ///< as the person gave it
    QString uuid;
    std::string name; ///< for messages
    QString alias;
    ConsoleTakeover takeover = ConsoleTakeover::No;
};

/// A console through a stream of libvirt (virDomainOpenConsole), so that it may be on another computer. It has a
/// connection of its own: libvirtd stops reading a connection whose stream nobody takes, and with it every other call.
/// A thread of its own opens, writes and closes; libvirt's event thread reads.
class ConsoleStream : public ConsoleSession {
    Q_OBJECT

public:
    ConsoleStream(ConsoleTarget target, std::shared_ptr<ConsoleThreads> threads);
    ~ConsoleStream() override; ///< at once; it is closed in the background

    bool write(const QByteArray& bytes) override;

private:
    struct Core;

    std::shared_ptr<Core> m_core;
};

} // namespace twinhull
