// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/journal_reader.h"

#include <QObject>

#include <memory>

class QSocketNotifier;

namespace twinhull {

/// The journal of events as it is written, whoever writes it; woken by inotify(7), and by nothing else.
class JournalFollower : public QObject {
    Q_OBJECT

public:
    explicit JournalFollower(std::string folder, QObject* parent = nullptr);
    ~JournalFollower() override;

    /// All that is kept; from here on each that comes is told once. Makes the folder where it is missing,
    /// and again where somebody takes it away.
    Result<std::vector<JournalEvent>> begin();

Q_SIGNALS:
    void happened(const twinhull::JournalEvent& event);
    void failed(const twinhull::Error& error); ///< it cannot be read any more

private:
    void onWritten();
    bool takeAll();
    Result<> watch();

    std::string m_folder;
    JournalReader m_reader;
    UniqueFd m_watch;
    int m_number = -1; ///< of the folder's watch
    std::unique_ptr<QSocketNotifier> m_notifier;
};

} // namespace twinhull
