// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/report_picture.h"

#include <QBuffer>
#include <QImage>
#include <QPainter>
#include <QSvgRenderer>

namespace twinhull {

namespace {

constexpr int kPixelsAUnit = 2;
constexpr int kLargestSide = 8000; ///< units; a report is hardly a fourth of that high

} // namespace

Result<QByteArray> reportPng(const Report& report)
{
    return picturePng(report.toSvg().toUtf8());
}

Result<QByteArray> picturePng(const QByteArray& svg)
{
    QSvgRenderer renderer(svg);
    const QSize size = renderer.defaultSize().boundedTo({ kLargestSide, kLargestSide });
    QImage image(size * kPixelsAUnit, QImage::Format_RGB32);
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
