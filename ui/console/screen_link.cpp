// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/screen_link.h"

#include "ui/console/screen_client.h"

#include <csignal>
#include <fcntl.h>
#include <sys/socket.h>

namespace twinhull {

namespace {

/// A server that hangs up would end the program (SIGPIPE), and no other signal is this thread's business.
void blockAllSignals()
{
    sigset_t all;
    ::sigfillset(&all);
    (void)::pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

} // namespace

ScreenLink::ScreenLink(OpenedScreen opened, QObject* parent)
    : QObject(parent), m_end(::fcntl(opened.descriptor.fd(), F_DUPFD_CLOEXEC, 0))
{
    connect(this, &ScreenLink::resized, this, [this] {
        m_isReady = true;
        m_patience.stop();
    });
    m_patience.setSingleShot(true);
    connect(&m_patience, &QTimer::timeout, this, [this] {
        m_isLate = true;
        shutDown();
    });
    m_patience.start(kGreetingPatience);
    if (!m_end) { // else nobody could end what waits for a silent server
        QMetaObject::invokeMethod(
            this,
            [this] {
                end({ ErrorCode::Io, "too many files are open", 0, {} });
            },
            Qt::QueuedConnection);
        return;
    }
    m_thread = std::thread([this, screen = std::move(opened)]() mutable { run(std::move(screen)); });
}

ScreenLink::~ScreenLink()
{
    m_inputs->stop();
    shutDown(); // whatever the thread reads or writes ends now
    if (m_thread.joinable())
        m_thread.join();
}

void ScreenLink::shutDown() const
{
    (void)::shutdown(m_end.fd(), SHUT_RDWR);
}

void ScreenLink::run(OpenedScreen opened)
{
    blockAllSignals();
    const auto post = [this](auto&& function) {
        QMetaObject::invokeMethod(this, std::forward<decltype(function)>(function), Qt::QueuedConnection);
    };
    ScreenListener listener;
    listener.resized = [this, post](const QSize& size) { post([this, size] { Q_EMIT resized(size); }); };
    listener.painted = [this, post] { post([this] { Q_EMIT painted(); }); };
    listener.cursorChanged = [this, post](const QImage& shape, const QPoint& hot) {
        post([this, shape, hot] { Q_EMIT cursorChanged(shape, hot); });
    };
    listener.clipboardChanged
        = [this, post](const QString& text) { post([this, text] { Q_EMIT clipboardChanged(text); }); };
    auto done = ScreenClient(std::move(opened), m_inputs, m_frame, std::move(listener)).run();
    shutDown(); // the server is let go of before this is
    if (!done)
        post([this, why = std::move(done).error()] { end(why); });
}

void ScreenLink::end(Error why)
{
    m_isEnded = true;
    m_patience.stop();
    if (m_isLate)
        why = Error{ ErrorCode::Timeout, "the screen's server did not answer in 15 seconds", 0, {} };
    Q_EMIT ended(why);
}

} // namespace twinhull
