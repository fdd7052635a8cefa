// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/comparison_report.h"

#include "core/twin/picture_writer.h"
#include "core/twin/verdict.h"

namespace twinhull {

QString ComparisonReport::toSvg() const
{
    PictureWriter picture;
    picture.line(heading(), "title");
    picture.paragraph(machineLine(), "quiet");
    picture.paragraph(tr("Work: %1").arg(m_comparison.work), "quiet");
    picture.paragraph(tr("%1; whiskers are the 95 % intervals of the medians").arg(runsLine()), "quiet");
    for (const Chart& chart : comparisonCharts(m_comparison))
        picture.chart(chart);
    picture.gap();
    picture.paragraph(verdictText(m_comparison), "");
    picture.gap();
    picture.paragraph(caveat(), "quiet");
    return picture.finish();
}

} // namespace twinhull
