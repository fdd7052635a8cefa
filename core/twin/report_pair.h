// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/comparison.h"
#include "core/twin/report.h"
#include "core/twin/verdict.h"

#include <QStringList>

namespace twinhull {

struct Chart;

/// One figure of one side in both reports, as it is written; texts are empty where there is nothing.
struct PairRow {
    struct Cell {
        QString figure; ///< the median, or the difference of both
        QString interval; ///< where it lies with 95 % confidence; empty for one run
    };

    QString title;
    Cell first;
    Cell second;
    Cell difference; ///< second against first
    QString finding; ///< "more", "not shown", or why it is not told
    bool isStruck = false; ///< figures of an emulated processor, which say nothing about hardware
};

/// Two comparison runs of the past, side against side: the second's container against the first's, VM against VM. They
/// had no rounds in common, so their samples are not paired; what differed between the runs beside what is measured is
/// named first.
///
/// JSON, `version` 1: `format` "twinhull-report-pair", `first`, `second` (names), `differences` (of the conditions, as
/// sentences), `container` and `vm` {by the figure's name: {finding, difference {median, low, high} or null, reason}},
/// `verdict` {container, vm}. Added later: `first` and `second` beside `difference`, each {median, low, high, samples}
/// or null, and `doubts` (sentences).
class ReportPair : public Report {
public:
    /// The names are what the reports are called in sentences.
    ReportPair(QString firstName, Comparison first, QString secondName, Comparison second);

    using Half = HullFigures Comparison::*;

    const QString& firstName() const { return m_firstName; }
    const QString& secondName() const { return m_secondName; }
    QString heading() const; ///< "after.json against before.json"
    /// "Kernel: 6.1; then 6.12": what may explain a difference. Of the load of other programs only where one of them
    /// was disturbed.
    QStringList otherConditions() const;
    QString noOtherConditions() const; ///< the sentence where there are none
    QStringList doubts() const; ///< of runs that other programs disturbed; sentences
    QString titleOf(Half half) const; ///< "Container", or of A against A "First VM"
    std::vector<PairRow> rows(Half half) const;
    QStringList verdict(Half half) const; ///< sentences

    QByteArray toJson() const override;
    QString toText() const override;
    QString toHtml() const override;
    QString toSvg() const override;
    /// One line a figure, side, report ("first", "second") and run that has a value, after a line of column names.
    QByteArray toCsv() const override;

private:
    std::optional<WorkScale> sharedScale() const;
    std::vector<Chart> charts() const;
    std::vector<JudgedFigure> judged(Half half) const;

    QString m_firstName;
    Comparison m_first;
    QString m_secondName;
    Comparison m_second;
};

} // namespace twinhull
