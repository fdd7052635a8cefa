// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/report_charts.h"

#include <QString>

namespace twinhull {

/// Parts of a web page that stands alone: no script, no other file, light and dark, narrow and wide, on paper. Texts
/// that are called `html` are written as they are; all others are escaped here.

/// A whole page.
QString htmlPage(const QString& title, const QString& html);
/// A bordered block with a heading and a quiet remark behind it.
QString htmlCard(const QString& title, const QString& remark, const QString& html);
/// One `htmlCard` a chart.
QString htmlCharts(const std::vector<Chart>& charts);
/// A paragraph; `kind` is a class of the page's style.
QString htmlParagraph(const QString& text, const char* kind = "");
QString htmlList(const QStringList& texts);
/// A table in a box that scrolls where the page is too narrow for it; `head` and `body` are rows.
QString htmlTable(const QString& headHtml, const QString& bodyHtml, const char* kind = "");
QString htmlCell(const QString& html, const char* kind = "");
/// What a cell holds: a figure (a dash where it is empty), struck where it says nothing, and below it its interval, if
/// any.
QString htmlFigure(const QString& figure, const QString& range, bool isStruck = false);

} // namespace twinhull
