// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhull/arguments.h"

#include <QCommandLineParser>
#include <QCoreApplication>

namespace twinhull {

namespace {

constexpr int kLargestSide = 8192;
constexpr double kLongestDelaySeconds = 3600;

QString tr(const char* text)
{
    return QCoreApplication::translate("Arguments", text);
}

Error refused(const QString& what)
{
    return { ErrorCode::InvalidArgument, what.toStdString(), 0, "twinhull --help lists the options" };
}

Result<QSize> sizeFrom(const QString& text)
{
    const QStringList sides = text.split(QLatin1Char('x'));
    const QSize size(sides.value(0).toInt(), sides.value(1).toInt());
    if (sides.size() != 2 || size.isEmpty() || size.width() > kLargestSide || size.height() > kLargestSide)
        return refused(QStringLiteral("--size takes WIDTHxHEIGHT, not \"%1\"").arg(text));
    return size;
}

} // namespace

Result<Arguments> Arguments::parse(const QStringList& commandLine)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(tr("Virtual machines and containers side by side, and what each really costs"));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption page(QStringLiteral("page"), tr("Opens this page."), tr("name"));
    const QCommandLineOption select(QStringLiteral("select"), tr("Chooses this workload."), tr("name"));
    const QCommandLineOption theme(QStringLiteral("theme"), tr("light or dark."), tr("theme"));
    const QCommandLineOption size(QStringLiteral("size"), tr("Size of the window."), tr("WIDTHxHEIGHT"));
    const QCommandLineOption shot(
        QStringLiteral("shot"), tr("Saves a picture of the window as PNG and ends."), tr("file"));
    const QCommandLineOption after(
        QStringLiteral("after"), tr("Waits so long before the picture (default: 4)."), tr("seconds"));
    const QCommandLineOption report(QStringLiteral("report"),
        tr("Paints this report of a comparison (JSON or SVG) in place of a window; needs --shot."), tr("file"));
    const QCommandLineOption frames(QStringLiteral("frames"),
        tr("Writes at the end, as JSON, how long frames took and how long the window kept events waiting."),
        tr("file"));
    parser.addOptions({ page, select, theme, size, shot, after, report, frames });
    parser.process(commandLine);

    Arguments arguments;
    arguments.page = parser.value(page);
    arguments.select = parser.value(select);
    arguments.theme = parser.value(theme);
    arguments.shotFile = parser.value(shot);
    arguments.reportFile = parser.value(report);
    arguments.framesFile = parser.value(frames);
    if (!arguments.reportFile.isEmpty() && arguments.shotFile.isEmpty())
        return refused(QStringLiteral("--report needs --shot, the picture's name"));
    if (parser.isSet(size)) {
        const auto parsed = sizeFrom(parser.value(size));
        if (!parsed)
            return parsed.error();
        arguments.size = *parsed;
    }
    if (parser.isSet(after)) {
        bool isNumber = false;
        const double seconds = parser.value(after).toDouble(&isNumber);
        if (!isNumber || seconds < 0 || seconds > kLongestDelaySeconds)
            return refused(QStringLiteral("--after takes seconds, not \"%1\"").arg(parser.value(after)));
        arguments.shotDelay = std::chrono::milliseconds(static_cast<qint64>(seconds * 1000));
    }
    return arguments;
}

} // namespace twinhull
