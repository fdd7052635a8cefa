// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/report_shelf.h"

#include "core/base/files.h"
#include "core/twin/comparison_reader.h"
#include "core/twin/comparison_report.h"

#include <QDateTime>
#include <QLocale>

#include <algorithm>
#include <filesystem>

namespace twinhull {

namespace {

constexpr qsizetype kLongestImageName = 40;
constexpr const char* kEnding = ".json";
constexpr int kMostOfOneSecond = 100;

/// Of letters, digits, points and dashes: the image's name may be a stranger's.
QString fileNamePart(const QString& text)
{
    QString part;
    for (const QChar c : text.left(kLongestImageName)) {
        const bool isPlain = c.unicode() < 128 && (c.isLetterOrNumber() || c == u'.' || c == u'-');
        part += isPlain ? c : QChar(u'-');
    }
    return part;
}

} // namespace

ReportShelf::ReportShelf(std::string folder) : m_folder(std::move(folder)) { }

std::vector<std::string> ReportShelf::names() const
{
    std::vector<std::string> names;
    std::error_code ignored; // a folder that is not there holds none
    for (auto at = std::filesystem::directory_iterator(m_folder, ignored); at != std::filesystem::directory_iterator();
         at.increment(ignored)) {
        if (auto name = at->path().filename().string(); name.ends_with(kEnding) && at->is_regular_file(ignored))
            names.push_back(std::move(name));
    }
    std::sort(names.begin(), names.end(), std::greater<>());
    return names;
}

Result<std::string> ReportShelf::keep(const Comparison& comparison) const
{
    if (auto made = makeFolders(m_folder); !made)
        return std::move(made).error();
    const auto when = QDateTime::fromMSecsSinceEpoch(comparison.wallMilliseconds, Qt::UTC);
    const QString base = when.toString(QStringLiteral("yyyyMMdd-HHmmss-")) + fileNamePart(comparison.image);
    std::string path;
    for (int turn = 1; turn <= kMostOfOneSecond; ++turn) {
        const QString name = turn == 1 ? base : QStringLiteral("%1-%2").arg(base).arg(turn);
        path = m_folder + "/" + name.toStdString() + kEnding;
        if (!exists(path))
            break;
    }
    const QByteArray json = ComparisonReport(comparison).toJson();
    if (auto written = writeFileAtomically(path, { json.constData(), static_cast<std::size_t>(json.size()) }); !written)
        return std::move(written).error();
    const auto all = names();
    for (std::size_t i = kMostReports; i < all.size(); ++i)
        static_cast<void>(removeTree(m_folder + "/" + all[i])); // the next one tries again
    return path;
}

std::vector<KeptReport> ReportShelf::list(const std::function<bool()>& isCancelled) const
{
    std::vector<KeptReport> reports;
    for (const auto& name : names()) {
        if (isCancelled && isCancelled())
            break;
        const std::string path = m_folder + "/" + name;
        const auto comparison = readComparisonFile(QString::fromStdString(path));
        if (!comparison)
            continue;
        const auto rounds = std::max(comparison->container.runs.size(), comparison->vm.runs.size());
        reports.push_back(
            { path, comparison->image, comparison->work, comparison->wallMilliseconds, static_cast<int>(rounds) });
    }
    return reports;
}

Result<> ReportShelf::remove(const KeptReport& report) const
{
    return removeTree(report.path).withContext("remove report");
}

QString titleOf(const Comparison& comparison)
{
    const auto when = QDateTime::fromMSecsSinceEpoch(comparison.wallMilliseconds);
    return QStringLiteral("%1, %2").arg(
        comparison.image, QLocale::c().toString(when, QStringLiteral("d MMM yyyy HH:mm")));
}

} // namespace twinhull
