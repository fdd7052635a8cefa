// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/comparison.h"
#include "core/twin/figure_rows.h"
#include "core/twin/statistics.h"

namespace twinhull {

/// Fewer rounds name no side: that all of five fall on the same side happens by chance once in 16 (2 / 2^5), more often
/// than the 5 % that a statement at 95 % may be wrong.
constexpr int kFewestRounds = 6;
/// The same of a live series, in stretches of kSeriesBlock at least.
constexpr int kFewestBlocks = 6;
constexpr std::chrono::seconds kSeriesBlock{ 10 };

enum class Finding {
    NotRead, ///< on one side at least
    TooFew, ///< samples to tell anything
    NotShown, ///< the interval of the difference holds 0
    Uncertain, ///< it does not, but the sides' own intervals overlap, or it may be chance among so many figures
    More, ///< the second is above the first
    Less,
};

/// Its stable name in JSON: "more", "less", "not_shown", "uncertain", "too_few", "not_compared".
QString nameOf(Finding finding);

/// What is known of one figure of two sides.
struct JudgedFigure {
    QString title; ///< "Memory on the host"
    FigureUnit unit = FigureUnit::Milliseconds;
    Finding finding = Finding::NotRead;
    Estimate difference; ///< second minus first; of TooFew and better
    QString reason; ///< of NotRead, TooFew and Uncertain: "not measured", "3 rounds, 6 are needed"
    Better better = Better::NotTold; ///< of the work's own figure, whose unit is a named one
    std::optional<double> chance; ///< that two samples of the same lie so far apart: rankSumChance()
};

/// By rounds; nothing on one side is NotRead, and the caller says why. More or Less only where the two sides' own
/// intervals do not overlap either.
JudgedFigure judgePaired(
    const QString& title, const FigureUnit& unit, std::span<const double> first, std::span<const double> second);
/// Of two runs that had no rounds in common.
JudgedFigure judgeUnpaired(
    const QString& title, const FigureUnit& unit, std::span<const double> first, std::span<const double> second);
/// Two live series at equal times: means of stretches, paired. As above no side is named whose own interval overlaps.
/// `moments`: those of readBefore(), where the figure is not read at each tick.
JudgedFigure judgeSeries(const QString& title, const FigureUnit& unit, std::span<const TimePoint> first,
    std::span<const TimePoint> second, std::span<const std::int64_t> moments = {});
/// Who judges many figures at once finds a difference by chance sooner or later: takes back those that do not stand at
/// 95 % for all of them together (Holm, 1979). Figures without a chance are left as they are.
void correctForMany(std::span<JudgedFigure> figures);
JudgedFigure notJudged(const QString& title, const QString& reason);

/// All figures of a comparison run, in the order of figureRows(): VM against container, paired by round. CPU and work
/// of an emulated VM are not judged.
std::vector<JudgedFigure> judge(const Comparison& comparison);

/// The two that are compared, as they stand inside a sentence: "the container", "the VM".
struct VerdictSides {
    QString first;
    QString second;
};

/// Empty where nothing stands against what a comparison shows; else a sentence that other programs were busy meanwhile.
/// `report` is what it is called: "this", "before.json".
QString doubtText(const Comparison& comparison, const QString& report);

/// What is shown, what is not shown, and what is not compared, in plain sentences. A side is named only where the
/// interval of the difference does not hold 0, the sides' own intervals do not overlap, and that stands for all figures
/// together.
QStringList verdictSentences(std::span<const JudgedFigure> figures, const VerdictSides& sides);
QString verdictText(std::span<const JudgedFigure> figures, const VerdictSides& sides);
/// The same of all figures of a comparison run, after doubtText().
QStringList verdictSentences(const Comparison& comparison);
QString verdictText(const Comparison& comparison);

} // namespace twinhull
