// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/log_follower.h"

#include <QFileInfo>

namespace twinhull {

namespace {

constexpr qint64 kPieceBytes = 64 << 10;

} // namespace

LogFollower::LogFollower(const QString& path, LogPrinter printer, QObject* parent)
    : QObject(parent), m_path(path), m_printer(std::move(printer))
{
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, &LogFollower::onChanged);
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, &LogFollower::onChanged);
}

Result<> LogFollower::begin(std::vector<OpenLog> files)
{
    for (auto& file : files) {
        m_file = std::move(file);
        if (auto printed = printFile(); !printed)
            return printed;
    }
    return {};
}

Result<> LogFollower::printFile()
{
    if (m_file->pos() > m_file->size())
        m_file->seek(0);
    for (QByteArray piece = m_file->read(kPieceBytes); !piece.isEmpty(); piece = m_file->read(kPieceBytes)) {
        if (auto written = m_printer.take(piece); !written)
            return written;
    }
    return {};
}

Result<> LogFollower::printRest()
{
    auto told = goOn();
    while (told && *told == Told::NotAll)
        told = goOn();
    return told ? m_printer.rest() : Result<>(std::move(told).error());
}

/// One rotation or several at once: nothing is written to a file once another stands at its place.
Result<LogFollower::Told> LogFollower::goOn()
{
    const bool isAtItsPlace = m_file && isLogAt(*m_file, m_path); // before it is read to its end
    if (auto printed = m_file ? printFile() : Result<>(); !printed)
        return std::move(printed).error();
    if (isAtItsPlace)
        return Told::All;
    auto newer = openLogs(m_path, m_file.get());
    if (!newer)
        return std::move(newer).error();
    if (newer->empty())
        return Told::All;
    if (auto printed = begin(*std::move(newer)); !printed)
        return std::move(printed).error();
    return isLogAt(*m_file, m_path) ? Told::All : Told::NotAll;
}

void LogFollower::watch()
{
    m_watcher.addPath(QFileInfo(m_path).absolutePath());
    onChanged(); // what came in between
}

/// A file that was rotated away is watched no more; watched first, so that nothing is written unseen.
void LogFollower::onChanged()
{
    if (m_watcher.files().isEmpty())
        m_watcher.addPath(m_path);
    const auto told = goOn(); // a failure is told at the end
    if (told && *told == Told::NotAll)
        QMetaObject::invokeMethod(this, &LogFollower::onChanged, Qt::QueuedConnection);
}

} // namespace twinhull
