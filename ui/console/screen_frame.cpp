// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/screen_frame.h"

#include <QPainter>

#include <cstring>

namespace twinhull {

namespace {

constexpr int kMostParts = 64;
constexpr qint64 kPixelBytes = 4;

} // namespace

bool ScreenFrame::isAllowed(const QSize& size)
{
    return size.width() > 0 && size.height() > 0 && size.width() <= kMostSide && size.height() <= kMostSide
        && kPixelBytes * size.width() * size.height() <= kMostBytes;
}

bool ScreenFrame::resize(const QSize& size)
{
    QImage image(size, QImage::Format_RGB32);
    if (image.isNull())
        return false;
    image.fill(Qt::black);
    const std::lock_guard lock(m_mutex);
    m_image = std::move(image);
    m_changes = m_image.rect();
    return true;
}

bool ScreenFrame::update(const uchar* pixels, const QRegion& parts)
{
    const std::lock_guard lock(m_mutex);
    const bool isFirst = m_changes.isEmpty();
    const qint64 lineBytes = kPixelBytes * m_image.width();
    for (const QRect& part : parts& QRegion(m_image.rect())) {
        for (int y = part.top(); y <= part.bottom(); ++y)
            std::memcpy(m_image.scanLine(y) + kPixelBytes * part.left(),
                pixels + y * lineBytes + kPixelBytes * part.left(),
                static_cast<std::size_t>(kPixelBytes * part.width()));
    }
    m_changes += parts;
    if (m_changes.rectCount() > kMostParts)
        m_changes = m_changes.boundingRect();
    return isFirst && !m_changes.isEmpty();
}

QSize ScreenFrame::size() const
{
    const std::lock_guard lock(m_mutex);
    return m_image.size();
}

QRegion ScreenFrame::takeChanges()
{
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_changes, {});
}

void ScreenFrame::paint(QPainter& painter, const QRectF& target, const QRectF& source) const
{
    const std::lock_guard lock(m_mutex);
    if (!m_image.isNull())
        painter.drawImage(target, m_image, source);
}

QImage ScreenFrame::copy() const
{
    const std::lock_guard lock(m_mutex);
    return m_image.copy();
}

} // namespace twinhull
