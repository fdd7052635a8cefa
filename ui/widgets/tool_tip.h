// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace twinhull {

/// A tool tip that says these words as they are, whoever chose them: Qt reads some as markup and others not.
inline QString toolTipOf(const QString& words)
{
    return words.isEmpty() ? words : QStringLiteral("<span>") + words.toHtmlEscaped() + QStringLiteral("</span>");
}

} // namespace twinhull
