// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/report_picture.h"

#include <QBuffer>
#include <QImage>
#include <QPainter>
#include <QSvgRenderer>

namespace twinhull {

namespace {

constexpr int kPixelsAUnit = 2;

} // namespace

Result<QByteArray> reportPng(const ComparisonReport& report)
{
    QSvgRenderer renderer(report.toSvg().toUtf8());
    QImage image(renderer.defaultSize() * kPixelsAUnit, QImage::Format_RGB32);
    if (!renderer.isValid() || image.isNull())
        return Error{ ErrorCode::Unknown, "paint the report: the picture cannot be made", 0,
            "Take another kind of report." };
    image.fill(Qt::white);
    QPainter painter(&image);
    renderer.render(&painter);
    painter.end();
    QBuffer buffer;
    if (!image.save(&buffer, "PNG"))
        return Error{ ErrorCode::Unknown, "paint the report: PNG cannot be written", 0, {} };
    return buffer.data();
}

} // namespace twinhull
