// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QRegion>

#include <mutex>

namespace twinhull {

/// What a screen shows, between the thread that receives it and the one that paints it. Thread-safe.
class ScreenFrame {
public:
    static constexpr int kMostSide = 16384;
    static constexpr qint64 kMostBytes = qint64{ 1 } << 28; ///< 8192 by 8192

    static bool isAllowed(const QSize& size);

    bool resize(const QSize& size); ///< black; false: there is no memory for it
    /// Takes over those parts of `pixels` (32 bits each, `size` as above). True when nobody is told of changes yet.
    bool update(const uchar* pixels, const QRegion& parts);

    QSize size() const;
    QRegion takeChanges(); ///< since it was asked last
    void paint(QPainter& painter, const QRectF& target, const QRectF& source) const;
    QImage copy() const;

private:
    mutable std::mutex m_mutex;
    QImage m_image;
    QRegion m_changes;
};

} // namespace twinhull
