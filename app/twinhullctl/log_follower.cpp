// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/log_follower.h"

#include "core/base/files.h"

#include <QFileInfo>

#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

namespace twinhull {

namespace {

constexpr qint64 kPieceBytes = 64 << 10;
constexpr int kMostOlderFiles = 100; // core/ipc/upkeep.h

bool isSameFile(const QFile& open, const QString& path)
{
    struct stat here { };
    struct stat there { };
    return ::fstat(open.handle(), &here) == 0 && ::stat(QFile::encodeName(path).constData(), &there) == 0
        && here.st_ino == there.st_ino && here.st_dev == there.st_dev;
}

} // namespace

LogFollower::LogFollower(const QString& path, LogPrinter printer, QObject* parent)
    : QObject(parent), m_path(path), m_printer(std::move(printer)), m_file(path)
{
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, [this] { (void)printNew(); }); // told at the end
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, &LogFollower::onFolderChanged);
}

Result<> LogFollower::printNew()
{
    if (!m_file.isOpen() && !QFileInfo::exists(m_path))
        return {};
    if (!m_file.isOpen() && !m_file.open(QIODevice::ReadOnly | QIODevice::Unbuffered))
        return Error{ ErrorCode::Io, "read log " + m_path.toStdString() + ": " + m_file.errorString().toStdString(), 0,
            {} };
    if (const qint64 start = std::exchange(m_start, 0); start > 0)
        m_file.seek(start);
    if (m_file.pos() > m_file.size())
        m_file.seek(0);
    for (QByteArray piece = m_file.read(kPieceBytes); !piece.isEmpty(); piece = m_file.read(kPieceBytes)) {
        if (auto written = m_printer.take(piece); !written)
            return written;
    }
    return {};
}

Result<> LogFollower::printRest()
{
    if (auto printed = goOn(); !printed)
        return printed;
    return m_printer.rest();
}

/// What is left of our file, then, where it was rotated away, all that came after it and is still there.
Result<> LogFollower::goOn()
{
    if (auto printed = printNew(); !printed || !m_file.isOpen() || isSameFile(m_file, m_path))
        return printed;
    std::vector<std::pair<QString, qint64>> between;
    for (int n = 1; n < kMostOlderFiles; ++n) {
        const QString older = m_path + QStringLiteral(".%1").arg(n);
        if (!QFileInfo::exists(older) || isSameFile(m_file, older))
            break;
        between.emplace_back(older, 0);
    }
    std::reverse(between.begin(), between.end());
    m_file.close();
    if (auto printed = printOlder(between); !printed)
        return printed;
    return printNew();
}

Result<> LogFollower::printOlder(const std::vector<std::pair<QString, qint64>>& files)
{
    for (const auto& [path, offset] : files) {
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly | QIODevice::Unbuffered) || !file.seek(offset))
            continue; // it was rotated away just now
        for (QByteArray piece = file.read(kPieceBytes); !piece.isEmpty(); piece = file.read(kPieceBytes)) {
            if (auto printed = m_printer.take(piece); !printed)
                return printed;
        }
    }
    return {};
}

void LogFollower::watch()
{
    m_watcher.addPath(QFileInfo(m_path).absolutePath());
    m_watcher.addPath(m_path);
    (void)printNew(); // what came in between
}

void LogFollower::onFolderChanged()
{
    (void)goOn(); // told at the end
    if (m_watcher.files().isEmpty())
        m_watcher.addPath(m_path);
}

} // namespace twinhull
