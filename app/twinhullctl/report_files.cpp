// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/report_files.h"

#include "core/base/data_folders.h"
#include "core/base/subprocess.h"

#include <QFileInfo>
#include <QTemporaryDir>

namespace twinhull {

namespace {

constexpr auto kPaintDeadline = std::chrono::minutes(1);
constexpr const char* kPainter = "twinhull";

bool isPicture(const QString& path)
{
    return path.endsWith(u".png");
}

} // namespace

Result<> checkReportName(const QString& path)
{
    if (!isPicture(path))
        return Report::checkName(path);
    if (!findProgram(kPainter).empty())
        return {};
    return Error{ ErrorCode::Unavailable,
        "report " + path.toStdString() + ": twinhull, which paints it, is not installed", 0,
        "Install the window's program, or take .svg, which any browser shows." };
}

Result<> writeReport(const Report& report, const QString& path)
{
    if (!isPicture(path))
        return report.write(path);
    const QTemporaryDir folder;
    const QString svg = folder.filePath(QStringLiteral("report.svg"));
    if (auto written = report.write(svg); !written)
        return written;
    const Command paint{ { findProgram(kPainter), "--report", svg.toStdString(), "--shot",
                             QFileInfo(path).absoluteFilePath().toStdString() },
        { "QT_QPA_PLATFORM=offscreen" }, {} };
    auto painted = runChecked(paint, kPaintDeadline);
    return painted ? Result<>() : Result<>(std::move(painted).error()).withContext("write report");
}

} // namespace twinhull
