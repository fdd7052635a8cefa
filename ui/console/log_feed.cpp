// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/log_feed.h"

#include "ui/console/log_reader.h"

namespace twinhull {

LogFeed::LogFeed(const QString& path, QObject* parent)
    : QObject(parent)
    , m_index(std::make_shared<LogIndex>())
    , m_reader(std::make_unique<LogReader>(path.toStdString(), *m_index))
{
    m_pool.setMaxThreadCount(1);
}

LogFeed::~LogFeed()
{
    m_isCancelled = true; // it looks after each chunk
    m_pool.waitForDone();
}

void LogFeed::read()
{
    if (m_isReading) {
        m_mustReadAgain = true;
        return;
    }
    m_isReading = true;
    m_mustReadAgain = false;
    m_pool.start([this] {
        auto result = m_reader->readAll([this] { tellGrown(); }, m_isCancelled);
        QMetaObject::invokeMethod(
            this, [this, result, hasGap = m_reader->hasGap()] { onRead(result, hasGap); }, Qt::QueuedConnection);
    });
}

/// Of the reading thread. Chunks come faster than anybody can look: one word is enough until it was heard.
void LogFeed::tellGrown()
{
    if (m_isTold.exchange(true))
        return;
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_isTold = false;
            Q_EMIT grown();
        },
        Qt::QueuedConnection);
}

void LogFeed::onRead(const Result<>& result, bool hasGap)
{
    m_isReading = false;
    if (result)
        Q_EMIT settled({}, hasGap);
    else if (result.error().code == ErrorCode::NotFound)
        Q_EMIT settled(tr("Nothing was logged yet."), false);
    else
        Q_EMIT settled(QString::fromStdString(result.error().message), hasGap);
    if (m_mustReadAgain)
        read();
}

} // namespace twinhull
