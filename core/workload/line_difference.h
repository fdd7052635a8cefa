// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <vector>

namespace twinhull {

struct DifferentLine {
    enum class Kind { Same, Removed, Added, Skipped };

    Kind kind = Kind::Same;
    QString text; ///< without its end; of Skipped: empty

    friend bool operator==(const DifferentLine&, const DifferentLine&) = default;
};

/// What leads from one text to another, with `context` lines around each change; Skipped stands for lines left out.
/// Empty where the texts are the same.
std::vector<DifferentLine> lineDifference(const QString& before, const QString& after, int context = 3);

/// With "-", "+" or a blank before each line, "…" for what is left out; a line end behind each.
QString differenceText(const std::vector<DifferentLine>& lines);

} // namespace twinhull
