// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/report_picture.h"

#include <QBuffer>
#include <QImage>
#include <QPainter>
#include <QPixmap>
#include <QSvgRenderer>

namespace twinhull {

namespace {

constexpr int kPixelsAUnit = 2;
constexpr int kLargestSide = 8000; ///< units; a report is hardly a fourth of that high

Result<QByteArray> pngFrom(const QImage& image)
{
    QBuffer buffer;
    if (!image.save(&buffer, "PNG") || buffer.data().isEmpty())
        return Error{ ErrorCode::Unknown, "write the picture: it cannot be made into a PNG", 0,
            "Take another kind of file." };
    return buffer.data();
}

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
    return pngFrom(image);
}

Result<QByteArray> pngOf(const QPixmap& picture)
{
    return pngFrom(picture.toImage());
}

} // namespace twinhull
