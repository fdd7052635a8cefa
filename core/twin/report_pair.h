// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/comparison.h"

#include <QByteArray>

namespace twinhull {

/// Two comparison runs of the past, side against side: the second's container against the first's, VM against VM. They
/// had no rounds in common, so their samples are not paired; what differed between the runs beside what is measured is
/// named first.
class ReportPair {
public:
    /// The names are what the reports are called in sentences.
    ReportPair(QString firstName, Comparison first, QString secondName, Comparison second);

    QString toText() const;
    /// `format` "twinhull-report-pair", version 1: `first`, `second` (names), `differences` (of the conditions, as
    /// sentences), `container` and `vm` {by the figure's name: {finding, difference {median, low, high} or null,
    /// reason}}, `verdict` {container, vm}.
    QByteArray toJson() const;

private:
    QStringList otherConditions() const;
    QString verdictOf(HullFigures Comparison::*half) const;

    QString m_firstName;
    Comparison m_first;
    QString m_secondName;
    Comparison m_second;
};

} // namespace twinhull
