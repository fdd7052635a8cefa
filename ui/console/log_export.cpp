// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/log_export.h"

#include "core/ipc/log_line.h"
#include "core/jobs/thread_job.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>
#include <QThreadPool>

#include <algorithm>

namespace twinhull {

namespace {

constexpr int kMostOlderFiles = 100; // core/ipc/upkeep.h
constexpr qint64 kLongestExportedLine = 1 << 20;

Error exportError(const QString& path, const QString& reason)
{
    return Error{ ErrorCode::Io, (path + QStringLiteral(": ") + reason).toStdString(), 0, {} };
}

/// PATH.2, PATH.1, PATH, as far as there are such.
QStringList logFiles(const QString& path)
{
    QStringList files{ path };
    for (int n = 1; n < kMostOlderFiles && QFileInfo::exists(path + QStringLiteral(".%1").arg(n)); ++n)
        files.prepend(path + QStringLiteral(".%1").arg(n));
    return files;
}

QByteArray exportedLine(const QByteArray& line, bool& isInLine)
{
    const auto end = line.endsWith('\n') ? line.size() - 1 : line.size();
    const auto record = parseLogLine({ line.constData(), static_cast<std::size_t>(end) });
    if (!record)
        return line;
    QByteArray text;
    if (!isInLine)
        text.append(record->time.data(), static_cast<qsizetype>(record->time.size())).append(' ');
    text.append(record->text.data(), static_cast<qsizetype>(record->text.size()));
    isInLine = record->piece == LogPiece::Part;
    return isInLine ? text : text + '\n';
}

Result<> exportLog(const QString& logPath, const QString& target, JobContext& context)
{
    const QStringList files = logFiles(logPath);
    qint64 total = 0;
    for (const QString& file : files)
        total += QFileInfo(file).size();
    QSaveFile out(target);
    if (!out.open(QIODevice::WriteOnly))
        return exportError(target, out.errorString());
    qint64 done = 0;
    bool isInLine = false;
    for (const QString& path : files) {
        QFile in(path);
        if (!in.open(QIODevice::ReadOnly))
            continue; // rotated away just now, or never written
        for (QByteArray line = in.readLine(kLongestExportedLine); !line.isEmpty();
             line = in.readLine(kLongestExportedLine)) {
            if (context.isCancelled())
                return Error{ ErrorCode::Cancelled, "cancelled", 0, {} };
            if (out.write(exportedLine(line, isInLine)) < 0)
                return exportError(target, out.errorString());
            done += line.size();
        }
        context.setProgress(done, std::max(total, done));
    }
    return out.commit() ? Result<>() : Result<>(exportError(target, out.errorString()));
}

} // namespace

std::unique_ptr<Job> logExportJob(const QString& logPath, const QString& target)
{
    return std::make_unique<ThreadJob>(QCoreApplication::translate("LogExport", "Save the log"),
        QThreadPool::globalInstance(), [logPath, target](JobContext& context) {
            return exportLog(logPath, target, context).withContext("save the log");
        });
}

} // namespace twinhull
