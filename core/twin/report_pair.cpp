// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/report_pair.h"

#include "core/twin/verdict.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace twinhull {

namespace {

constexpr int kVersion = 1;

QString tr(const char* text)
{
    return QCoreApplication::translate("ReportPair", text);
}

QString sidesOf(const Comparison& comparison)
{
    const SideNames sides = comparison.sides();
    return tr("%1 and %2").arg(sides.first, sides.second);
}

QString textOf(const std::optional<WorkScale>& scale)
{
    return !scale ? tr("none")
        : scale->pattern.isEmpty()
        ? tr("in %1").arg(scale->unit)
        : tr("in %1, where %2 matches").arg(scale->unit.isEmpty() ? tr("no unit") : scale->unit, scale->pattern);
}

QString reasonOf(const HullFigures& first, const HullFigures& second, Figure RunFigures::*figure)
{
    const Figure median = first.median(figure);
    return median.value ? second.median(figure).missing : median.missing;
}

/// Figures of the works' own are compared where both mean the same.
std::optional<WorkScale> commonScale(const Comparison& first, const Comparison& second)
{
    return first.workScale == second.workScale ? first.workScale : std::nullopt;
}

/// CPU of a VM that was emulated in either run is not judged.
std::vector<JudgedFigure> judgeHalves(const Comparison& first, const Comparison& second, HullFigures Comparison::*half)
{
    const bool isEmulatedVm = half == &Comparison::vm && (first.isEmulated() || second.isEmulated());
    std::vector<JudgedFigure> figures;
    for (const auto& row : figureRows(commonScale(first, second))) {
        const auto base = (first.*half).samples(row.figure);
        const auto other = (second.*half).samples(row.figure);
        if (isEmulatedVm && row.isAboutCpu)
            figures.push_back(notJudged(titleOf(row), tr("emulated VMs say nothing about hardware")));
        else if (base.empty() || other.empty())
            figures.push_back(notJudged(titleOf(row), reasonOf(first.*half, second.*half, row.figure)));
        else
            figures.push_back(judgeUnpaired(titleOf(row), row.unit, base, other));
        figures.back().better = row.better;
    }
    return figures;
}

QJsonObject toObject(std::span<const JudgedFigure> figures, std::span<const FigureRow> rows)
{
    QJsonObject object;
    std::size_t index = 0;
    for (const auto& row : rows) {
        const JudgedFigure& figure = figures[index++];
        const QJsonValue difference = figure.finding == Finding::NotRead
            ? QJsonValue()
            : QJsonObject{ { QStringLiteral("median"), figure.difference.value },
                  { QStringLiteral("low"), figure.difference.interval.low },
                  { QStringLiteral("high"), figure.difference.interval.high } };
        object[QLatin1String(row.key)] = QJsonObject{ { QStringLiteral("finding"), nameOf(figure.finding) },
            { QStringLiteral("difference"), difference },
            { QStringLiteral("reason"), figure.reason.isEmpty() ? QJsonValue() : QJsonValue(figure.reason) } };
    }
    return object;
}

} // namespace

ReportPair::ReportPair(QString firstName, Comparison first, QString secondName, Comparison second)
    : m_firstName(std::move(firstName))
    , m_first(std::move(first))
    , m_secondName(std::move(secondName))
    , m_second(std::move(second))
{
}

QStringList ReportPair::otherConditions() const
{
    QStringList lines;
    const auto compare = [&lines](const QString& title, const QString& first, const QString& second) {
        if (first != second)
            lines << tr("%1: %2; then %3")
                         .arg(title, first.isEmpty() ? tr("not told") : first,
                             second.isEmpty() ? tr("not told") : second);
    };
    compare(tr("Image"), m_first.imageDigest, m_second.imageDigest);
    compare(tr("Sides"), sidesOf(m_first), sidesOf(m_second));
    compare(tr("Work"), m_first.work, m_second.work);
    compare(tr("Figure of the work"), textOf(m_first.workScale), textOf(m_second.workScale));
    compare(tr("Caches"), m_first.caches, m_second.caches);
    compare(tr("Kernel"), m_first.machine.kernel, m_second.machine.kernel);
    compare(tr("Processor"), m_first.machine.processor, m_second.machine.processor);
    compare(tr("VM engine"), m_first.machine.acceleration, m_second.machine.acceleration);
    for (const auto& fact : m_second.machine.facts) {
        if (fact.key == u"kernel" || fact.key == u"processor")
            continue;
        for (const auto& before : m_first.machine.facts) {
            if (before.key == fact.key)
                compare(fact.title, before.value, fact.value);
        }
    }
    return lines;
}

QString ReportPair::verdictOf(HullFigures Comparison::*half) const
{
    const auto nameIn = [half](const Comparison& comparison, const QString& report) {
        const SideNames sides = comparison.sides();
        return tr("the %1 of %2").arg(half == &Comparison::container ? sides.first : sides.second, report);
    };
    return verdictText(
        judgeHalves(m_first, m_second, half), { nameIn(m_first, m_firstName), nameIn(m_second, m_secondName) });
}

QString ReportPair::toText() const
{
    const QStringList conditions = otherConditions();
    QString text = tr("%1 against %2").arg(m_secondName, m_firstName) + QStringLiteral("\n\n");
    text += conditions.isEmpty() ? tr("Both reports name the same image, work and machine.") + QLatin1Char('\n')
                                 : tr("What else was different:") + QStringLiteral("\n  ")
            + conditions.join(QStringLiteral("\n  ")) + QLatin1Char('\n');
    text += QLatin1Char('\n') + verdictOf(&Comparison::container) + QLatin1Char('\n');
    text += QLatin1Char('\n') + verdictOf(&Comparison::vm) + QLatin1Char('\n');
    return text;
}

QByteArray ReportPair::toJson() const
{
    const auto rows = figureRows(commonScale(m_first, m_second));
    const QJsonObject report{
        { QStringLiteral("format"), QStringLiteral("twinhull-report-pair") },
        { QStringLiteral("version"), kVersion },
        { QStringLiteral("first"), m_firstName },
        { QStringLiteral("second"), m_secondName },
        { QStringLiteral("differences"), QJsonArray::fromStringList(otherConditions()) },
        { QStringLiteral("container"), toObject(judgeHalves(m_first, m_second, &Comparison::container), rows) },
        { QStringLiteral("vm"), toObject(judgeHalves(m_first, m_second, &Comparison::vm), rows) },
        { QStringLiteral("verdict"),
            QJsonObject{ { QStringLiteral("container"), verdictOf(&Comparison::container) },
                { QStringLiteral("vm"), verdictOf(&Comparison::vm) } } },
    };
    return QJsonDocument(report).toJson(QJsonDocument::Indented);
}

} // namespace twinhull
