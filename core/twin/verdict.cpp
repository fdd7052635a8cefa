// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/verdict.h"

#include <QCoreApplication>

#include <algorithm>
#include <vector>

namespace twinhull {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("Verdict", text);
}

/// `tooFew` is the reason where the samples do not reach `fewest`.
JudgedFigure judged(
    const QString& title, const FigureUnit& unit, const Estimate& difference, int fewest, const QString& tooFew)
{
    if (difference.samples < fewest)
        return { title, unit, Finding::TooFew, difference, tooFew, {}, {} };
    if (difference.interval.holds(0))
        return { title, unit, Finding::NotShown, difference, {}, {}, {} };
    return { title, unit, difference.value > 0 ? Finding::More : Finding::Less, difference, {}, {}, {} };
}

bool namesASide(Finding finding)
{
    return finding == Finding::More || finding == Finding::Less;
}

/// What two sides say of themselves decides with what their difference says. `estimate` is that of a side.
JudgedFigure withBothSides(JudgedFigure figure, std::span<const double> first, std::span<const double> second,
    Estimate (*estimate)(std::span<const double>) = &estimateMedian)
{
    if (figure.finding == Finding::TooFew)
        return figure;
    figure.chance = rankSumChance(first, second);
    if (!namesASide(figure.finding))
        return figure;
    const Interval one = estimate(first).interval;
    const Interval other = estimate(second).interval;
    if (one.low <= other.high && other.low <= one.high) {
        figure.finding = Finding::Uncertain;
        figure.reason = tr("the intervals of the two sides overlap");
    }
    return figure;
}

QString tooFewRounds(int rounds)
{
    return rounds == 1 ? tr("1 round, %1 are needed").arg(kFewestRounds)
                       : tr("%1 rounds, %2 are needed").arg(rounds).arg(kFewestRounds);
}

QString inSentence(QString title)
{
    const bool isAbbreviation = title.size() > 1 && title[1].isUpper(); // "CPU time"
    if (!title.isEmpty() && !isAbbreviation)
        title[0] = title[0].toLower();
    return title;
}

/// "memory on the host +137 MiB (+136 to +138 MiB)"
QString withInterval(const JudgedFigure& figure)
{
    return QStringLiteral("%1 %2 (%3)")
        .arg(inSentence(figure.title), formatDifference(figure.difference.value, figure.unit),
            formatDifferenceRange(figure.difference.interval, figure.unit));
}

QString onlyInterval(const JudgedFigure& figure)
{
    return QStringLiteral("%1 (%2)").arg(
        inSentence(figure.title), formatDifferenceRange(figure.difference.interval, figure.unit));
}

/// "memory on the host +2 MiB (+1 to +3 MiB; the intervals of the two sides overlap)"
QString withIntervalAndReason(const JudgedFigure& figure)
{
    return QStringLiteral("%1 %2 (%3; %4)")
        .arg(inSentence(figure.title), formatDifference(figure.difference.value, figure.unit),
            formatDifferenceRange(figure.difference.interval, figure.unit), figure.reason);
}

QString withReason(const JudgedFigure& figure)
{
    QString reason = figure.reason;
    while (reason.endsWith(u'.'))
        reason.chop(1);
    return QStringLiteral("%1 (%2)").arg(inSentence(figure.title), reason);
}

QString medianWithReason(const JudgedFigure& figure)
{
    return QStringLiteral("%1 %2 (%3)")
        .arg(inSentence(figure.title), formatDifference(figure.difference.value, figure.unit), figure.reason);
}

/// Of the work itself, and not of what it takes.
bool isOfTheWork(const JudgedFigure& figure)
{
    return figure.unit.kind() == FigureUnit::Named;
}

/// Empty when there is no figure of that kind.
QString written(std::span<const JudgedFigure> figures, Finding finding, QString (*write)(const JudgedFigure&))
{
    QStringList texts;
    for (const JudgedFigure& figure : figures) {
        if (figure.finding == finding && !(namesASide(finding) && isOfTheWork(figure)))
            texts << write(figure);
    }
    return texts.join(QStringLiteral(", "));
}

/// It may be good or bad to have more of it, so a side does not "take" it.
QString sentenceOfTheWork(const JudgedFigure& figure, const VerdictSides& sides)
{
    const bool isMore = figure.finding == Finding::More;
    const QString shown = isMore ? tr("Shown with 95 % confidence: the work's own figure is higher in %1 than in %2")
                                       .arg(sides.second, sides.first)
                                 : tr("Shown with 95 % confidence: the work's own figure is lower in %1 than in %2")
                                       .arg(sides.second, sides.first);
    const bool isBetter = isMore == (figure.better == Better::Higher);
    const QString worth = figure.better == Better::NotTold ? QString()
        : isBetter                                         ? tr(", which is better")
                                                           : tr(", which is worse");
    const Estimate& difference = figure.difference;
    return QStringLiteral("%1%2: %3 (%4).")
        .arg(shown, worth, formatDifference(difference.value, figure.unit),
            formatDifferenceRange(difference.interval, figure.unit));
}

} // namespace

QString nameOf(Finding finding)
{
    switch (finding) {
    case Finding::NotRead:
        return QStringLiteral("not_compared");
    case Finding::TooFew:
        return QStringLiteral("too_few");
    case Finding::NotShown:
        return QStringLiteral("not_shown");
    case Finding::Uncertain:
        return QStringLiteral("uncertain");
    case Finding::More:
        return QStringLiteral("more");
    case Finding::Less:
        return QStringLiteral("less");
    }
    return {};
}

JudgedFigure judgePaired(
    const QString& title, const FigureUnit& unit, std::span<const double> first, std::span<const double> second)
{
    const auto differences = pairedDifferences(first, second);
    if (differences.empty())
        return notJudged(title, tr("not measured"));
    const std::size_t rounds = differences.size();
    return withBothSides(
        judged(title, unit, estimateMedian(differences), kFewestRounds, tooFewRounds(static_cast<int>(rounds))),
        first.first(rounds), second.first(rounds));
}

JudgedFigure judgeUnpaired(
    const QString& title, const FigureUnit& unit, std::span<const double> first, std::span<const double> second)
{
    if (first.empty() || second.empty())
        return notJudged(title, tr("not measured"));
    const auto difference = estimateMedianDifference(first, second);
    return withBothSides(
        judged(title, unit, difference, kFewestRounds, tooFewRounds(difference.samples)), first, second);
}

JudgedFigure judgeSeries(const QString& title, const FigureUnit& unit, std::span<const TimePoint> first,
    std::span<const TimePoint> second, std::span<const std::int64_t> moments)
{
    constexpr int kMostBlocks = 20; // of a long series longer stretches, which depend on each other still less
    const std::chrono::nanoseconds span(
        first.empty() ? 0 : first.back().monotonicNanoseconds - first.front().monotonicNanoseconds);
    const auto block = std::max<std::chrono::nanoseconds>(kSeriesBlock, span / kMostBlocks);
    const auto ofFirst = blockMeans(first, block, moments);
    const auto ofSecond = blockMeans(second, block, moments);
    const auto differences = pairedDifferences(ofFirst, ofSecond);
    if (differences.empty())
        return notJudged(title, tr("not read on both sides"));
    const auto difference = judged(title, unit, estimateMean(differences), kFewestBlocks,
        tr("%1 s of readings, %2 s are needed")
            .arg(static_cast<qint64>(differences.size()) * kSeriesBlock.count())
            .arg(kFewestBlocks * kSeriesBlock.count()));
    return withBothSides(difference, ofFirst, ofSecond, &estimateMean);
}

void correctForMany(std::span<JudgedFigure> figures)
{
    constexpr double kMostChance = 0.05;
    std::vector<JudgedFigure*> byChance;
    for (JudgedFigure& figure : figures) {
        if (figure.chance)
            byChance.push_back(&figure);
    }
    std::sort(byChance.begin(), byChance.end(), [](const auto* a, const auto* b) { return *a->chance < *b->chance; });
    bool stands = true;
    for (std::size_t i = 0; i < byChance.size(); ++i) {
        JudgedFigure& figure = *byChance[i];
        stands = stands && *figure.chance <= kMostChance / static_cast<double>(byChance.size() - i);
        if (stands || !namesASide(figure.finding))
            continue;
        figure.finding = Finding::Uncertain;
        figure.reason = tr("it may be chance among %1 figures").arg(byChance.size());
    }
}

JudgedFigure notJudged(const QString& title, const QString& reason)
{
    JudgedFigure figure;
    figure.title = title;
    figure.reason = reason;
    return figure;
}

std::vector<JudgedFigure> judge(const Comparison& comparison)
{
    std::vector<JudgedFigure> figures;
    for (const FigureRow& row : figureRows(comparison.workScale)) {
        const Figure difference = comparison.overhead(row.figure);
        const auto rounds = comparison.rounds(row.figure);
        if (row.isAboutCpu && !comparison.isCpuComparable())
            figures.push_back(notJudged(titleOf(row), tr("emulated VMs say nothing about hardware")));
        else if (!difference.value)
            figures.push_back(notJudged(titleOf(row), difference.missing));
        else
            figures.push_back(judgePaired(titleOf(row), row.unit, rounds.container, rounds.vm));
        figures.back().better = row.better;
    }
    correctForMany(figures);
    return figures;
}

QStringList verdictSentences(std::span<const JudgedFigure> figures, const VerdictSides& sides)
{
    QStringList sentences;
    if (const auto more = written(figures, Finding::More, &withInterval); !more.isEmpty())
        sentences << tr("Shown with 95 % confidence: %1 takes more than %2: %3.").arg(sides.second, sides.first, more);
    if (const auto less = written(figures, Finding::Less, &withInterval); !less.isEmpty())
        sentences << tr("Shown with 95 % confidence: %1 takes less than %2: %3.").arg(sides.second, sides.first, less);
    for (const JudgedFigure& figure : figures) {
        if (namesASide(figure.finding) && isOfTheWork(figure))
            sentences << sentenceOfTheWork(figure, sides);
    }
    if (const auto equal = written(figures, Finding::NotShown, &onlyInterval); !equal.isEmpty())
        sentences << tr("No difference is shown, its interval holds 0: %1.").arg(equal);
    if (const auto open = written(figures, Finding::Uncertain, &withIntervalAndReason); !open.isEmpty())
        sentences
            << tr("Neither side is named, although the interval of the difference does not hold 0: %1.").arg(open);
    if (const auto few = written(figures, Finding::TooFew, &medianWithReason); !few.isEmpty())
        sentences << tr("Too little was measured to say which side takes more: %1.").arg(few);
    if (const auto unread = written(figures, Finding::NotRead, &withReason); !unread.isEmpty())
        sentences << tr("Not compared: %1.").arg(unread);
    return sentences;
}

QString verdictText(std::span<const JudgedFigure> figures, const VerdictSides& sides)
{
    return verdictSentences(figures, sides).join(u' ');
}

QString doubtText(const Comparison& comparison, const QString& report)
{
    if (!comparison.isDoubtful())
        return {};
    return tr(
        "Doubtful: other programs used %1 % of the processors while %2 was measured, and may have slowed one side "
        "more than the other; measure it again when the computer is quiet.")
        .arg(*comparison.otherLoad() * 100, 0, 'f', 0)
        .arg(report);
}

QStringList verdictSentences(const Comparison& comparison)
{
    const SideNames sides = comparison.sides();
    QStringList sentences
        = verdictSentences(judge(comparison), { tr("the %1").arg(sides.first), tr("the %1").arg(sides.second) });
    if (const QString doubt = doubtText(comparison, tr("this")); !doubt.isEmpty())
        sentences.prepend(doubt);
    return sentences;
}

QString verdictText(const Comparison& comparison)
{
    return verdictSentences(comparison).join(u' ');
}

} // namespace twinhull
