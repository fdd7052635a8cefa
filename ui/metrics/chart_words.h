// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/metrics/chart_figures.h"
#include "ui/metrics/plot_item.h"
#include "ui/widgets/figure_explanation.h"

namespace twinhull {

/// What a chart says beside its lines.
struct ChartSpeech {
    const ChartFigures& figures;
    const SeriesSource& source;
    Quantity quantity;
    bool isEqual = false; ///< the difference is noise
    QString note; ///< "limit 256 MiB"
    bool isUncertain = false; ///< the difference is none that both sides show
};

/// Of the latest tick where the view follows it, else the means of what is shown; one line.
QString readingOfView(const ChartSpeech& speech);
/// The same at one moment.
QString readingAtMoment(const ChartSpeech& speech, std::int64_t moment);
/// Every value at one moment, a row each.
std::vector<ReadoutRow> rowsAtMoment(const ChartSpeech& speech, std::int64_t moment);
/// Which level each other stands against, where only differences or ratios are drawn.
std::optional<ReadoutRow> legendOfBaseline(const ChartSpeech& speech);
/// What the dotted lines, or the outline over a stack, are; nothing where there are none.
std::optional<ReadoutRow> legendOfOverlay(const ChartSpeech& speech);
/// What a line is: its figure, and what is read of it now, or on average over a view that stands still.
FigureExplanation explanationOfLine(const ChartSpeech& speech, const ChartLine& line);
/// Why there is nothing on the plot, or not all; empty where there is.
QString noticeOf(const ChartSpeech& speech);

/// The clock time of a moment: "14:05:09", with the date where it was not today.
QString momentText(std::int64_t moment);
/// "minus web · VM" or "÷ web, 28 Nov 14:05:09": what each line of a comparison stands against.
QString againstText(const ChartSpeech& speech);
/// "2.4 ×"
QString ratioText(double ratio);

} // namespace twinhull
