// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/chart_words.h"

#include "ui/metrics/chart_palette.h"
#include "ui/metrics/units.h"

#include <QCoreApplication>
#include <QDateTime>

#include <algorithm>

namespace twinhull {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("ChartCard", text);
}

QString between(const QStringList& texts)
{
    return texts.join(QStringLiteral(" \u00b7 "));
}

QString worded(const ChartSpeech& speech, const ChartLine& line, double value)
{
    const QString text = readingText(line.quantity, value);
    const bool isGuests = isGuestsReading(speech.source.rings(), line.workload.id, line.quantity);
    return isGuests ? tr("guest: %1").arg(text) : text;
}

QString labelled(const ChartSpeech& speech, const ChartLine& line, const QString& text)
{
    return speech.figures.lines.size() > 1 ? line.workload.label + u' ' + text : text;
}

/// How far from a moment a point may stand that speaks for it.
std::int64_t reachAt(const GapRule& gaps, std::int64_t moment)
{
    return moment < gaps.coarseUntilNanoseconds ? gaps.coarseNanoseconds / 2 : kNearNanoseconds;
}

std::optional<double> valueAt(const ChartLine& line, std::int64_t moment)
{
    return readingAt(line.readings.means, moment, reachAt(line.readings.gaps, moment));
}

bool areAllRead(std::span<const ChartLine> lines, std::int64_t moment)
{
    return std::all_of(
        lines.begin(), lines.end(), [moment](const ChartLine& line) { return valueAt(line, moment).has_value(); });
}

QString totalLabel(bool isWhole)
{
    return isWhole ? tr("total") : tr("total of those read");
}

/// "0.3 %", with the peak where the point stands for more than a tick and they differ: "0.3 %, up to 94 %".
QString textAt(const ChartSpeech& speech, const ChartLine& line, std::int64_t moment)
{
    const auto mean = valueAt(line, moment);
    if (!mean)
        return tr("not read");
    const QString text = worded(speech, line, *mean);
    const auto peak = moment < line.readings.gaps.coarseUntilNanoseconds
        ? readingAt(line.readings.highs, moment, line.readings.gaps.coarseNanoseconds / 2)
        : std::nullopt;
    if (!peak)
        return text;
    const QString peakText = readingText(line.quantity, *peak);
    return peakText == readingText(line.quantity, *mean) ? text : tr("%1, up to %2").arg(text, peakText);
}

/// Of the first that cannot be read now.
Needs missingNeeds(const ChartSpeech& speech)
{
    for (const ChartLine& line : speech.figures.lines) {
        const MetricPoint* point = currentPoint(speech.source.rings(), line.workload.id);
        const Needs needs = point != nullptr ? readingOf(*point, line.quantity).needs() : Needs::Nothing;
        if (needs != Needs::Nothing)
            return needs;
    }
    return Needs::Nothing;
}

/// In full where no plot says it.
QString missingReason(const ChartSpeech& speech)
{
    const Needs needs = missingNeeds(speech);
    if (needs == Needs::Nothing)
        return tr("no reading");
    return speech.figures.isEmpty() ? shortSentenceFor(needs) : sentenceFor(needs);
}

/// Of the first whose reason is known, in a view that stands still and in which nothing was read; empty where nobody
/// knows.
QString pastReason(const ChartSpeech& speech)
{
    for (const ChartLine& line : speech.figures.lines) {
        const QString reason = speech.source.absence(line.workload.id, line.quantity);
        if (!reason.isEmpty())
            return reason;
    }
    return {};
}

/// The plot says in full what was missing.
QString nothingWasRead(const ChartSpeech& speech)
{
    const QString reason = pastReason(speech).section(u':', 0, 0);
    return reason.isEmpty() ? tr("nothing was read in this time") : reason;
}

/// Now, or on average over a view that stands still.
std::optional<double> valueOfView(const ChartSpeech& speech, const ChartLine& line)
{
    if (!speech.source.view().isLive())
        return meanWithin(line.readings.means, speech.figures.window, line.readings.gaps, line.readings.moments);
    const MetricPoint* point = currentPoint(speech.source.rings(), line.workload.id);
    const auto value = point != nullptr ? readingOf(*point, line.quantity) : Reading<double>();
    return value;
}

QString derivedText(const ChartSpeech& speech, double first, double second)
{
    if (speech.figures.mode == ChartMode::Ratio)
        return first > 0 ? ratioText(second / first) : tr("no ratio: the first is 0");
    if (speech.isEqual)
        return tr("equal within the noise");
    // The sign tells that it is a difference; a word more is cut in a narrow window.
    const QString text = signedReadingText(speech.quantity, second - first);
    return speech.isUncertain ? tr("%1, uncertain").arg(text) : text;
}

/// Of a difference or a ratio that is known already.
QString derivedValueText(const ChartSpeech& speech, double value)
{
    return speech.figures.mode == ChartMode::Ratio ? ratioText(value) : signedReadingText(speech.quantity, value);
}

std::optional<double> derivedAt(const DerivedLine& derived, std::int64_t moment)
{
    return readingAt(derived.values, moment, reachAt(derived.gaps, moment));
}

const DerivedLine* derivedOf(const ChartFigures& figures, std::size_t line)
{
    const auto found = std::find_if(figures.derived.begin(), figures.derived.end(),
        [line](const DerivedLine& derived) { return derived.line == line; });
    return found == figures.derived.end() ? nullptr : &*found;
}

/// When the other range's moment was, or how much earlier it is.
QString otherTime(const ChartSpeech& speech, std::int64_t moment)
{
    switch (speech.source.overlay()) {
    case Overlay::DayBefore:
        return tr("day before");
    case Overlay::Chosen:
        return momentText(moment - speech.source.overlayNanoseconds());
    case Overlay::None:
    case Overlay::LengthBefore:
        break;
    }
    return tr("before");
}

QString textOfOneTime(const ChartSpeech& speech, double before, double shown)
{
    const QString compared = derivedText(speech, before, shown);
    const auto now = speech.source.view().isLive() ? valueOfView(speech, speech.figures.lines.front()) : std::nullopt;
    if (now)
        return tr("%1 \u00b7 mean %2").arg(worded(speech, speech.figures.lines.front(), *now), compared);
    return tr("%1 \u00b7 mean %2 against %3")
        .arg(compared, readingText(speech.quantity, shown), readingText(speech.quantity, before));
}

/// "+1.1 % · mean 3.1 % against 2.0 %"; where it follows "3.2 % · mean +1.1 %", what is read now first. Of several the
/// differences alone. Empty where nothing is common.
QString comparedTimes(const ChartSpeech& speech)
{
    QStringList texts;
    const ChartFigures& figures = speech.figures;
    for (const DerivedLine& derived : figures.derived) {
        const CommonTicks& common = derived.common;
        const auto before = meanWithin(common.first, figures.window, derived.gaps, common.moments);
        const auto shown = meanWithin(common.second, figures.window, derived.gaps, common.moments);
        if (!before || !shown)
            continue;
        const QString compared = derivedText(speech, *before, *shown);
        if (figures.derived.size() > 1)
            texts << figures.lines[derived.line].workload.label + u' ' + compared;
        else
            texts << textOfOneTime(speech, *before, *shown);
    }
    return between(texts);
}

/// Of each that has a value beside its baseline. Empty where there is none.
QString comparedWorkloads(const ChartSpeech& speech)
{
    QStringList texts;
    const ChartFigures& figures = speech.figures;
    for (const DerivedLine& derived : figures.derived) {
        const ChartLine& line = figures.lines[derived.line];
        const auto first = valueOfView(speech, figures.lines[derived.base]);
        const auto second = valueOfView(speech, line);
        if (!first || !second)
            continue;
        const QString compared = derivedText(speech, *first, *second);
        texts << (figures.derived.size() > 1 ? line.workload.label + u' ' + compared : compared);
    }
    return between(texts);
}

/// "the day before", "web · VM, from 28 Nov 14:05:09".
QString labelOfOverlay(const ChartSpeech& speech)
{
    if (speech.source.overlay() != Overlay::Chosen)
        return speech.source.overlay() == Overlay::DayBefore ? tr("the day before") : tr("before");
    const QString from = tr("from %1").arg(otherTime(speech, speech.figures.window.fromNanoseconds));
    return speech.source.other().workload ? QStringLiteral("%1, %2").arg(speech.source.other().label, from) : from;
}

/// Which parts cannot be read, as rows beside those that can.
QString partText(const ChartSpeech& speech, const ChartLine& line)
{
    const auto value = valueOfView(speech, line);
    return value ? worded(speech, line, *value) : QString();
}

} // namespace

QString againstText(const ChartSpeech& speech)
{
    const ChartFigures& figures = speech.figures;
    if (figures.derived.empty())
        return {};
    QString against = figures.derived.front().against;
    if (figures.isAgainstTime) {
        const bool isDay = speech.source.overlay() == Overlay::DayBefore;
        const QString time = speech.source.overlay() == Overlay::Chosen
            ? otherTime(speech, figures.window.fromNanoseconds)
            : isDay ? tr("the day before")
                    : tr("the time before");
        const bool isOfOther = speech.source.overlay() == Overlay::Chosen && speech.source.other().workload;
        against = isOfOther ? QStringLiteral("%1, %2").arg(against, time) : time;
    }
    return (figures.mode == ChartMode::Ratio ? QStringLiteral("\u00f7 %1") : tr("minus %1")).arg(against);
}

QString ratioText(double ratio)
{
    const int decimals = ratio < 10 ? 2 : ratio < 100 ? 1 : 0;
    return QString::number(ratio, 'f', decimals) + QStringLiteral(" \u00d7");
}

QString momentText(std::int64_t moment)
{
    const auto time = QDateTime::fromMSecsSinceEpoch((moment + wallClockAhead()) / 1'000'000);
    const bool isToday = time.date() == QDate::currentDate();
    return time.toString(isToday ? QStringLiteral("HH:mm:ss") : QStringLiteral("d MMM HH:mm:ss"));
}

QString readingOfView(const ChartSpeech& speech)
{
    if (speech.figures.lines.empty())
        return {};
    QStringList texts;
    std::vector<double> values;
    const bool isOfParts = speech.quantity.form() != Quantity::Form::Sum;
    for (const ChartLine& line : speech.figures.lines) {
        const auto value = valueOfView(speech, line);
        if (!value)
            continue;
        values.push_back(*value);
        texts << (isOfParts ? labelled(speech, line, partText(speech, line)) : worded(speech, line, *value));
    }
    if (values.empty())
        return speech.source.view().isLive() ? missingReason(speech) : nothingWasRead(speech);
    const QString prefix = speech.source.view().isLive() ? QString() : tr("mean: ");
    const QString compared = speech.figures.isAgainstTime ? comparedTimes(speech) : comparedWorkloads(speech);
    if (!compared.isEmpty())
        return compared;
    if (speech.figures.mode == ChartMode::Stacked && !isOfParts) {
        double sum = 0;
        for (const double value : values)
            sum += value;
        const QString text
            = values.size() == speech.figures.lines.size() ? tr("total %1") : tr("total of those read %1");
        return prefix + text.arg(readingText(speech.quantity, sum));
    }
    if (speech.figures.lines.size() == 1 && !speech.note.isEmpty())
        texts << speech.note;
    return prefix + between(texts);
}

QString readingAtMoment(const ChartSpeech& speech, std::int64_t moment)
{
    QStringList texts;
    for (const DerivedLine& derived : speech.figures.derived) {
        const auto value = derivedAt(derived, moment);
        if (!value)
            continue;
        const QString text = derivedValueText(speech, *value);
        texts << (speech.figures.derived.size() > 1 ? speech.figures.lines[derived.line].workload.label + u' ' + text
                                                    : tr("%1 at the cursor").arg(text));
    }
    if (!texts.isEmpty())
        return between(texts);
    for (const ChartLine& line : speech.figures.lines)
        texts << labelled(speech, line, textAt(speech, line, moment));
    return between(texts);
}

std::vector<ReadoutRow> rowsAtMoment(const ChartSpeech& speech, std::int64_t moment)
{
    std::vector<ReadoutRow> rows;
    const ChartFigures& figures = speech.figures;
    double total = 0;
    for (std::size_t i = 0; i < figures.lines.size(); ++i) {
        const ChartLine& line = figures.lines[i];
        QString text = textAt(speech, line, moment);
        const DerivedLine* derived = figures.derived.size() > 1 ? derivedOf(figures, i) : nullptr;
        const auto compared = derived != nullptr ? derivedAt(*derived, moment) : std::nullopt;
        if (compared)
            text += QStringLiteral(" (%1)").arg(derivedValueText(speech, *compared));
        rows.push_back({ line.workload.color, line.workload.style, line.workload.label, text, line.workload.marker });
        total += valueAt(line, moment).value_or(0);
    }
    if (figures.mode == ChartMode::Stacked) {
        std::reverse(rows.begin(), rows.end()); // as they lie on one another
        rows.push_back(
            { {}, Qt::SolidLine, totalLabel(areAllRead(figures.lines, moment)), readingText(speech.quantity, total) });
    }
    const auto derived = figures.derived.size() == 1 ? derivedAt(figures.derived.front(), moment) : std::nullopt;
    if (derived)
        rows.push_back({ chartDifferenceColor(), Qt::SolidLine,
            figures.mode == ChartMode::Ratio ? tr("ratio") : tr("difference"), derivedValueText(speech, *derived) });
    const QString when = QStringLiteral("%1, ") + otherTime(speech, moment);
    if (figures.mode == ChartMode::Stacked) {
        const ChartStack& under = figures.underStack;
        if (const auto before = readingAt(under.total, moment, reachAt(under.gaps, moment)))
            rows.push_back({ chartUnderTotalColor(), Qt::DashLine,
                when.arg(totalLabel(areAllRead(figures.under, moment))), readingText(speech.quantity, *before) });
        return rows;
    }
    for (const ChartLine& line : figures.under)
        rows.push_back({ chartUnderColor(line.workload.color), Qt::DotLine, when.arg(line.workload.label),
            textAt(speech, line, moment) });
    return rows;
}

std::optional<ReadoutRow> legendOfBaseline(const ChartSpeech& speech)
{
    const ChartFigures& figures = speech.figures;
    if (!figures.isOfDerivedAlone() || figures.derived.empty())
        return std::nullopt;
    const QString level = figures.mode == ChartMode::Ratio ? tr("%1 = 1") : tr("%1 = 0");
    if (figures.isAgainstTime)
        return ReadoutRow{ chartUnderTotalColor(), Qt::DotLine, level.arg(labelOfOverlay(speech)), {} };
    const ChartedWorkload& baseline = figures.lines[figures.derived.front().base].workload;
    return ReadoutRow{ baseline.color, baseline.style, level.arg(baseline.label), {}, baseline.marker };
}

std::optional<ReadoutRow> legendOfOverlay(const ChartSpeech& speech)
{
    const auto isRead = [&window = speech.figures.window](const ChartLine& line) {
        return !coveringOf(line.readings.means, window, line.readings.gaps).empty();
    };
    const auto& under = speech.figures.under;
    const bool isAny = std::any_of(under.begin(), under.end(), isRead);
    if (speech.figures.isOfDerivedAlone() || under.empty() || (!isAny && speech.source.isLoading()))
        return std::nullopt;
    const QString label = labelOfOverlay(speech);
    if (!isAny)
        return ReadoutRow{ chartUnderTotalColor(), Qt::DotLine, tr("%1: nothing was read").arg(label), {} };
    if (speech.figures.mode == ChartMode::Stacked)
        return ReadoutRow{ chartUnderTotalColor(), Qt::DashLine,
            QStringLiteral("%1, %2").arg(totalLabel(std::all_of(under.begin(), under.end(), isRead)), label), {} };
    return ReadoutRow{ chartUnderTotalColor(), Qt::DotLine, label, {} };
}

FigureExplanation explanationOfLine(const ChartSpeech& speech, const ChartLine& line)
{
    const auto value = valueOfView(speech, line);
    const bool isLive = speech.source.view().isLive();
    if (value) {
        const QString text = worded(speech, line, *value);
        return { line.workload.label, isLive ? text : tr("mean: ") + text, explanationOf(line.quantity) };
    }
    const MetricPoint* point = isLive ? currentPoint(speech.source.rings(), line.workload.id) : nullptr;
    const QString reason = point != nullptr ? sentenceFor(readingOf(*point, line.quantity).needs())
                                            : speech.source.absence(line.workload.id, line.quantity);
    return { line.workload.label, reason, explanationOf(line.quantity) };
}

QString noticeOf(const ChartSpeech& speech)
{
    if (const QString trouble = speech.source.trouble(); !trouble.isEmpty())
        return tr("%1. It is tried again every 15 seconds; R tries at once.").arg(trouble);
    if (speech.figures.lines.empty())
        return {};
    if (speech.source.isLoading() && speech.figures.isEmpty())
        return tr("Reading the history\u2026");
    if (!speech.figures.isEmpty())
        return {};
    if (speech.figures.mode == ChartMode::Ratio && !speech.figures.lines[0].readings.isEmpty())
        return tr("There is no ratio here: what is divided by was 0, or not read together with the other.");
    if (speech.source.view().isLive())
        return sentenceFor(missingNeeds(speech));
    const QString reason = pastReason(speech);
    return reason.isEmpty() ? tr("Nothing was read in this time.")
                            : tr("Nothing was read in this time: %1").arg(reason);
}

} // namespace twinhull
