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

/// Now, or on average over a view that stands still.
std::optional<double> valueOfView(const ChartSpeech& speech, const ChartLine& line)
{
    if (!speech.source.view().isLive())
        return meanOf(line.readings.means);
    const MetricPoint* point = currentPoint(speech.source.rings(), line.workload.id);
    const auto value = point != nullptr ? readingOf(*point, line.quantity) : Reading<double>();
    return value;
}

QString derivedText(const ChartSpeech& speech, double first, double second)
{
    if (speech.figures.mode == ChartMode::Ratio)
        return first > 0 ? ratioText(second / first) : tr("no ratio: the first is 0");
    // The sign tells that it is a difference; a word more is cut in a narrow window.
    return speech.isEqual ? tr("equal within the noise") : signedReadingText(speech.quantity, second - first);
}

bool isOfPair(const ChartFigures& figures)
{
    return figures.mode == ChartMode::Difference || figures.mode == ChartMode::Ratio;
}

/// Which parts cannot be read, as rows beside those that can.
QString partText(const ChartSpeech& speech, const ChartLine& line)
{
    const auto value = valueOfView(speech, line);
    return value ? worded(speech, line, *value) : QString();
}

} // namespace

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
        return speech.source.view().isLive() ? missingReason(speech) : tr("nothing was read in this time");
    const QString prefix = speech.source.view().isLive() ? QString() : tr("mean: ");
    if (isOfPair(speech.figures) && values.size() == 2)
        return derivedText(speech, values[0], values[1]);
    if (speech.figures.mode == ChartMode::Stacked && !isOfParts) {
        double sum = 0;
        for (const double value : values)
            sum += value;
        return prefix + tr("total %1").arg(readingText(speech.quantity, sum));
    }
    if (speech.figures.lines.size() == 1 && !speech.note.isEmpty())
        texts << speech.note;
    return prefix + between(texts);
}

QString readingAtMoment(const ChartSpeech& speech, std::int64_t moment)
{
    const auto derived = readingAt(speech.figures.derived, moment, reachAt(speech.figures.derivedGaps, moment));
    if (derived && speech.figures.mode == ChartMode::Ratio)
        return tr("%1 at the cursor").arg(ratioText(*derived));
    if (derived)
        return tr("%1 at the cursor").arg(signedReadingText(speech.quantity, *derived));
    QStringList texts;
    for (const ChartLine& line : speech.figures.lines)
        texts << labelled(speech, line, textAt(speech, line, moment));
    return between(texts);
}

std::vector<ReadoutRow> rowsAtMoment(const ChartSpeech& speech, std::int64_t moment)
{
    std::vector<ReadoutRow> rows;
    const ChartFigures& figures = speech.figures;
    double total = 0;
    for (const ChartLine& line : figures.lines) {
        rows.push_back({ line.workload.color, line.workload.style, line.workload.label, textAt(speech, line, moment) });
        total += valueAt(line, moment).value_or(0);
    }
    if (figures.mode == ChartMode::Stacked) {
        std::reverse(rows.begin(), rows.end()); // as they lie on one another
        rows.push_back({ {}, Qt::SolidLine, tr("total"), readingText(speech.quantity, total) });
    }
    if (const auto derived = readingAt(figures.derived, moment, reachAt(figures.derivedGaps, moment))) {
        const bool isRatio = figures.mode == ChartMode::Ratio;
        rows.push_back({ chartDifferenceColor(), Qt::SolidLine, isRatio ? tr("ratio") : tr("difference"),
            isRatio ? ratioText(*derived) : signedReadingText(speech.quantity, *derived) });
    }
    const QString when = speech.source.overlay() == Overlay::DayBefore ? tr("%1, day before") : tr("%1, before");
    if (figures.mode == ChartMode::Stacked) {
        const ChartStack& under = figures.underStack;
        if (const auto before = readingAt(under.total, moment, reachAt(under.gaps, moment)))
            rows.push_back(
                { chartUnderTotalColor(), Qt::DashLine, when.arg(tr("total")), readingText(speech.quantity, *before) });
        return rows;
    }
    for (const ChartLine& line : figures.under)
        rows.push_back({ chartUnderColor(line.workload.color), Qt::DotLine, when.arg(line.workload.label),
            textAt(speech, line, moment) });
    return rows;
}

std::optional<ReadoutRow> legendOfOverlay(const ChartSpeech& speech)
{
    const auto isRead = [](const ChartLine& line) { return !line.readings.isEmpty(); };
    const auto& under = speech.figures.under;
    if (speech.figures.mode == ChartMode::Ratio || std::none_of(under.begin(), under.end(), isRead))
        return std::nullopt;
    const QString label = speech.source.overlay() == Overlay::DayBefore ? tr("the day before") : tr("before");
    if (speech.figures.mode == ChartMode::Stacked)
        return ReadoutRow{ chartUnderTotalColor(), Qt::DashLine, tr("total, %1").arg(label), {} };
    return ReadoutRow{ chartUnderTotalColor(), Qt::DotLine, label, {} };
}

QString noticeOf(const ChartSpeech& speech)
{
    if (const QString trouble = speech.source.trouble(); !trouble.isEmpty())
        return trouble;
    if (speech.figures.lines.empty())
        return {};
    if (speech.source.isLoading() && speech.figures.isEmpty())
        return tr("Reading the history\u2026");
    if (!speech.figures.isEmpty())
        return {};
    if (speech.figures.mode == ChartMode::Ratio && !speech.figures.lines[0].readings.isEmpty())
        return tr("There is no ratio here: the first was 0, or not read together with the second.");
    return speech.source.view().isLive() ? sentenceFor(missingNeeds(speech)) : tr("Nothing was read in this time.");
}

} // namespace twinhull
