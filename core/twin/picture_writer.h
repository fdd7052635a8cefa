// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/report_charts.h"

#include <QString>

namespace twinhull {

/// A picture (SVG 1.1) that grows downwards; all texts are escaped here.
class PictureWriter {
public:
    void line(const QString& text, const char* style);
    void paragraph(const QString& text, const char* style); ///< in lines of words
    void gap();
    void chart(const Chart& chart);
    QString finish() const;

private:
    QString m_body;
    double m_y = 0;
};

} // namespace twinhull
