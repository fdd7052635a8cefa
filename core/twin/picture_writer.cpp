// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/picture_writer.h"

namespace twinhull {

namespace {

constexpr double kMargin = 24;
constexpr double kLineHeight = 18;
constexpr double kGap = 14;
constexpr int kCharactersALine = 112;

/// Of plain colours: a picture has no theme.
constexpr const char* kPictureStyle = R"(text { fill: #1d2430; font-family: sans-serif; font-size: 12px; }
.title { font-size: 18px; font-weight: bold; } .head { font-weight: bold; } .quiet { fill: #667080; }
.inside { fill: #ffffff; font-size: 10px; } .container { fill: #dd7a00; } .vm { fill: #2b6cb0; }
.whisker { stroke: #1d2430; stroke-width: 1.5; })";

/// Lines of words that fit below each other.
QStringList wrapped(const QString& text)
{
    QStringList lines;
    for (const QString& word : text.split(u' ', Qt::SkipEmptyParts)) {
        if (lines.isEmpty() || lines.back().size() + 1 + word.size() > kCharactersALine)
            lines << word;
        else
            lines.back() += QLatin1Char(' ') + word;
    }
    return lines;
}

} // namespace

void PictureWriter::line(const QString& text, const char* style)
{
    m_y += kLineHeight;
    m_body += QStringLiteral("<text class=\"%1\" x=\"0\" y=\"%2\">%3</text>\n")
                  .arg(QLatin1String(style))
                  .arg(m_y)
                  .arg(text.toHtmlEscaped());
}

void PictureWriter::paragraph(const QString& text, const char* style)
{
    for (const QString& part : wrapped(text))
        line(part, style);
}

void PictureWriter::chart(const Chart& chart)
{
    gap();
    line(chart.note.isEmpty() ? chart.title : QStringLiteral("%1 (%2)").arg(chart.title, chart.note), "head");
    m_y += kLineHeight / 2;
    m_body += QStringLiteral("<g transform=\"translate(0 %1)\">%2</g>\n").arg(m_y).arg(chartElements(chart));
    m_y += chartHeight(chart);
}

QString PictureWriter::finish() const
{
    const double width = kChartWidth + 2 * kMargin;
    const double height = m_y + 2 * kMargin;
    return QStringLiteral("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" "
                          "width=\"%1\" height=\"%2\" viewBox=\"0 0 %1 %2\">\n<style type=\"text/css\">%3</style>\n"
                          "<rect width=\"%1\" height=\"%2\" fill=\"#ffffff\"/>\n<g transform=\"translate(%4 %5)\">\n")
               .arg(width)
               .arg(height)
               .arg(QLatin1String(kPictureStyle))
               .arg(kMargin)
               .arg(kMargin - kLineHeight / 2)
        + m_body + QStringLiteral("</g>\n</svg>\n");
}

void PictureWriter::gap()
{
    m_y += kGap;
}

} // namespace twinhull
