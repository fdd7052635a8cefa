// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/report_pair.h"

#include "core/twin/figure_rows.h"
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

bool isEmulatedVm(const Comparison& first, const Comparison& second, ReportPair::Half half)
{
    return half == &Comparison::vm && (first.isEmulated() || second.isEmulated());
}

QString wordFor(const JudgedFigure& figure)
{
    switch (figure.finding) {
    case Finding::More:
        return tr("more");
    case Finding::Less:
        return tr("less");
    case Finding::NotShown:
    case Finding::Uncertain:
        return tr("no difference shown");
    case Finding::NotRead:
    case Finding::TooFew:
        break;
    }
    return figure.reason;
}

PairRow::Cell cellOf(const HullFigures& half, const FigureRow& row)
{
    const auto samples = half.samples(row.figure);
    if (samples.empty())
        return {};
    const Estimate estimate = estimateMedian(samples);
    return { formatFigure(estimate.value, row.unit),
        samples.size() < 2 ? QString() : formatRange(estimate.interval, row.unit) };
}

/// Empty where the report does not tell it.
QString factOf(const Comparison& comparison, QLatin1String key)
{
    for (const auto& fact : comparison.machine.facts) {
        if (fact.key == key)
            return fact.value;
    }
    return {};
}

/// What is of the moment at which a run began; what was so during the run is known better where otherLoad() is.
bool isOfTheMoment(const MachineFact& fact)
{
    return fact.key == u"load_average" || fact.key.startsWith(u"pressure_");
}

QJsonValue samplesOf(const HullFigures& half, const FigureRow& row)
{
    const auto samples = half.samples(row.figure);
    if (samples.empty())
        return {};
    const Estimate estimate = estimateMedian(samples);
    QJsonArray all;
    for (const double sample : samples)
        all.append(sample);
    return QJsonObject{ { QStringLiteral("median"), estimate.value },
        { QStringLiteral("low"), samples.size() < 2 ? QJsonValue() : estimate.interval.low },
        { QStringLiteral("high"), samples.size() < 2 ? QJsonValue() : estimate.interval.high },
        { QStringLiteral("samples"), all } };
}

QJsonObject toObject(std::span<const JudgedFigure> figures, std::span<const FigureRow> rows, const HullFigures& first,
    const HullFigures& second)
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
            { QStringLiteral("first"), samplesOf(first, row) }, { QStringLiteral("second"), samplesOf(second, row) },
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
    compare(tr("VM machine"), factOf(m_first, kVmMachineFact), factOf(m_second, kVmMachineFact));
    const bool areQuiet
        = m_first.otherLoad() && m_second.otherLoad() && !m_first.isDoubtful() && !m_second.isDoubtful();
    for (const auto& fact : m_second.machine.facts) {
        const bool isLoad = isOfTheMoment(fact) || fact.key == kOtherLoadFact;
        const bool isTold = fact.key == u"kernel" || fact.key == u"processor" || fact.key == kVmMachineFact;
        if (isTold || (isLoad && areQuiet))
            continue;
        for (const auto& before : m_first.machine.facts) {
            if (before.key == fact.key)
                compare(fact.title, before.value, fact.value);
        }
    }
    return lines;
}

/// Figures of the works' own are compared where both mean the same.
std::optional<WorkScale> ReportPair::sharedScale() const
{
    return m_first.workScale == m_second.workScale ? m_first.workScale : std::nullopt;
}

QString ReportPair::noOtherConditions() const
{
    return tr("Both reports name the same image, work and machine.");
}

QString ReportPair::heading() const
{
    return tr("%1 against %2").arg(m_secondName, m_firstName);
}

QString ReportPair::titleOf(Half half) const
{
    const SideNames sides = m_second.sides();
    return capitalized(half == &Comparison::container ? sides.first : sides.second);
}

QStringList ReportPair::doubts() const
{
    QStringList texts{ doubtText(m_first, m_firstName), doubtText(m_second, m_secondName) };
    texts.removeAll(QString());
    return texts;
}

/// CPU of a VM that was emulated in either run is not judged.
std::vector<JudgedFigure> ReportPair::judged(Half half) const
{
    std::vector<JudgedFigure> figures;
    for (const auto& row : figureRows(sharedScale())) {
        const auto base = (m_first.*half).samples(row.figure);
        const auto other = (m_second.*half).samples(row.figure);
        const QString title = twinhull::titleOf(row);
        if (isEmulatedVm(m_first, m_second, half) && row.isAboutCpu)
            figures.push_back(notJudged(title, tr("emulated VMs say nothing about hardware")));
        else if (base.empty() || other.empty())
            figures.push_back(notJudged(title, reasonOf(m_first.*half, m_second.*half, row.figure)));
        else
            figures.push_back(judgeUnpaired(title, row.unit, base, other));
        figures.back().better = row.better;
    }
    correctForMany(figures);
    return figures;
}

std::vector<PairRow> ReportPair::rows(Half half) const
{
    std::vector<PairRow> rows;
    const auto figures = judged(half);
    for (const auto& row : figureRows(sharedScale())) {
        const JudgedFigure& figure = figures[rows.size()];
        PairRow shown{ figure.title, cellOf(m_first.*half, row), cellOf(m_second.*half, row), {}, wordFor(figure),
            isEmulatedVm(m_first, m_second, half) && row.isAboutCpu };
        if (figure.finding != Finding::NotRead)
            shown.difference = { formatDifference(figure.difference.value, row.unit),
                figure.difference.samples < 2 ? QString()
                                              : formatDifferenceRange(figure.difference.interval, row.unit) };
        rows.push_back(std::move(shown));
    }
    return rows;
}

QStringList ReportPair::verdict(Half half) const
{
    const auto nameIn = [half](const Comparison& comparison, const QString& report) {
        const SideNames sides = comparison.sides();
        return tr("the %1 of %2").arg(half == &Comparison::container ? sides.first : sides.second, report);
    };
    return verdictSentences(judged(half), { nameIn(m_first, m_firstName), nameIn(m_second, m_secondName) });
}

QByteArray ReportPair::toJson() const
{
    const auto rows = figureRows(sharedScale());
    const QJsonObject report{
        { QStringLiteral("format"), QStringLiteral("twinhull-report-pair") },
        { QStringLiteral("version"), kVersion },
        { QStringLiteral("first"), m_firstName },
        { QStringLiteral("second"), m_secondName },
        { QStringLiteral("differences"), QJsonArray::fromStringList(otherConditions()) },
        { QStringLiteral("doubts"), QJsonArray::fromStringList(doubts()) },
        { QStringLiteral("container"),
            toObject(judged(&Comparison::container), rows, m_first.container, m_second.container) },
        { QStringLiteral("vm"), toObject(judged(&Comparison::vm), rows, m_first.vm, m_second.vm) },
        { QStringLiteral("verdict"),
            QJsonObject{ { QStringLiteral("container"), verdict(&Comparison::container).join(u' ') },
                { QStringLiteral("vm"), verdict(&Comparison::vm).join(u' ') } } },
    };
    return QJsonDocument(report).toJson(QJsonDocument::Indented);
}

QByteArray ReportPair::toCsv() const
{
    QByteArray csv("figure,side,report,run,value,unit\n");
    const auto add = [&csv](const FigureRow& row, const QByteArray& side, const HullFigures& half) {
        int run = 0;
        for (const auto& figures : half.runs) {
            ++run;
            if (const auto& value = (figures.*row.figure).value)
                csv += QByteArray(row.key) + ',' + side + ',' + QByteArray::number(run) + ','
                    + QByteArray::number(*value, 'g', 12) + ',' + csvText(row.unit.name()) + '\n';
        }
    };
    for (const auto& row : figureRows(sharedScale())) {
        add(row, "container,first", m_first.container);
        add(row, "container,second", m_second.container);
        add(row, "vm,first", m_first.vm);
        add(row, "vm,second", m_second.vm);
    }
    return csv;
}

} // namespace twinhull
