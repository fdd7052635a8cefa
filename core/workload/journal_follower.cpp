// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/journal_follower.h"

#include "core/base/files.h"

#include <QSocketNotifier>

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

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
    m_watch.reset(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (!m_watch)
        return Error::fromErrno(errno, "watch " + m_folder);
    if (auto watched = watch(); !watched)
        return std::move(watched).error();
    m_notifier = std::make_unique<QSocketNotifier>(m_watch.fd(), QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &JournalFollower::onWritten);
    return m_reader.read();
}

Result<> JournalFollower::watch()
{
    if (auto made = makeFolders(m_folder); !made)
        return made;
    m_number = ::inotify_add_watch(
        m_watch.fd(), m_folder.c_str(), IN_MODIFY | IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVE_SELF | IN_ONLYDIR);
    return m_number >= 0 ? Result<>() : Result<>(Error::fromErrno(errno, "watch " + m_folder));
}

/// Whether the folder is no longer where it was, or that cannot be known because more happened than the kernel keeps.
bool JournalFollower::takeAll()
{
    alignas(inotify_event) std::array<char, 4096> told{};
    bool isGone = false;
    for (ssize_t count = 0; (count = ::read(m_watch.fd(), told.data(), told.size())) > 0;) {
        inotify_event event{};
        for (std::size_t at = 0; at + sizeof event <= static_cast<std::size_t>(count); at += sizeof event + event.len) {
            std::memcpy(&event, told.data() + at, sizeof event);
            isGone = isGone || (event.mask & IN_Q_OVERFLOW) != 0
                || (event.wd == m_number && (event.mask & (IN_IGNORED | IN_MOVE_SELF)) != 0);
        }
    }
    return isGone;
}

/// What exactly was written is the reader's to find.
void JournalFollower::onWritten()
{
    Result<> watched;
    if (takeAll()) {
        (void)::inotify_rm_watch(m_watch.fd(), m_number); // EINVAL: it went with the folder
        watched = watch();
    }
    const auto events = watched ? m_reader.read() : Result<std::vector<JournalEvent>>(watched.error());
    if (!events) {
        m_notifier->setEnabled(false);
        Q_EMIT failed(events.error());
        return;
    }
    for (const auto& event : *events)
        Q_EMIT happened(event);
}

} // namespace twinhull
