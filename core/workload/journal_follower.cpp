// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/journal_follower.h"

#include "core/base/files.h"

#include <QSocketNotifier>

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace twinhull {

JournalFollower::JournalFollower(std::string folder, QObject* parent)
    : QObject(parent), m_folder(std::move(folder)), m_reader(m_folder)
{
}

JournalFollower::~JournalFollower() = default;

/// The watch first: what is written between is read twice by nobody and missed by nobody, for the reader knows where it
/// is.
Result<std::vector<JournalEvent>> JournalFollower::begin()
{
    if (auto made = makeFolders(m_folder); !made)
        return std::move(made).error();
    m_watch.reset(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (!m_watch || ::inotify_add_watch(m_watch.fd(), m_folder.c_str(), IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0)
        return Error::fromErrno(errno, "watch " + m_folder);
    m_notifier = std::make_unique<QSocketNotifier>(m_watch.fd(), QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &JournalFollower::onWritten);
    return m_reader.read();
}

/// What exactly was written is the reader's to find.
void JournalFollower::onWritten()
{
    std::array<char, 4096> told{};
    while (::read(m_watch.fd(), told.data(), told.size()) > 0) { }
    const auto events = m_reader.read();
    if (!events) {
        m_notifier->setEnabled(false);
        Q_EMIT failed(events.error());
        return;
    }
    for (const auto& event : *events)
        Q_EMIT happened(event);
}

} // namespace twinhull
