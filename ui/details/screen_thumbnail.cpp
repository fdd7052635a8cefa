// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/screen_thumbnail.h"

#include "core/workload/workload_connection.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QImageReader>
#include <QPointer>
#include <QThreadPool>

namespace twinhull {

namespace {

constexpr std::chrono::seconds kBetweenPictures{ 5 };
constexpr int kTurnsAfterFailure = 6; ///< of these
constexpr QSize kPictureSize{ 224, 140 };
constexpr int kMostPictureSide = 16384;

/// Null where it is no picture, or a larger one than a screen is; a guest chooses its size.
QImage smallPicture(const QByteArray& png, qreal ratio)
{
    QByteArray bytes = png;
    QBuffer buffer(&bytes);
    QImageReader reader(&buffer, "png");
    const QSize size = reader.size();
    if (!size.isValid() || size.width() > kMostPictureSide || size.height() > kMostPictureSide)
        return {};
    QImage picture = reader.read().scaled(kPictureSize * ratio, Qt::KeepAspectRatio, Qt::SmoothTransformation);
    picture.setDevicePixelRatio(ratio);
    return picture;
}

} // namespace

ScreenThumbnail::ScreenThumbnail(AppContext& context, QWidget* parent) : QLabel(parent), m_context(context)
{
    setObjectName(QStringLiteral("screenThumbnail"));
    setAccessibleName(tr("Screen"));
    setToolTip(tr("What its screen shows, each five seconds"));
    setAlignment(Qt::AlignLeft | Qt::AlignTop);
    hide();
    m_timer.setInterval(kBetweenPictures);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        if (m_turnsLeftOut > 0)
            --m_turnsLeftOut;
        else
            take();
    });
}

void ScreenThumbnail::present(const WorkloadInfo& info)
{
    const bool isNews = info.id != m_info.id || info.state != m_info.state;
    m_info = info;
    if (!isNews)
        return;
    m_turnsLeftOut = 0;
    hide();
    take();
}

void ScreenThumbnail::setSeen(bool isSeen)
{
    m_isSeen = isSeen;
    if (!isSeen)
        return m_timer.stop();
    m_timer.start();
    take();
}

void ScreenThumbnail::take()
{
    auto* owner = dynamic_cast<HasMachineCopies*>(providerOf(m_context.workloads, m_info.id));
    const bool isUnderway = m_isShrinking || (m_taking && !m_taking->isFinished());
    if (owner == nullptr || !m_isSeen || isUnderway || m_info.state != WorkloadState::Running)
        return;
    const auto png = std::make_shared<QByteArray>();
    if (m_taking)
        m_taking.release()->deleteLater();
    m_taking = owner->copies().screenshot(m_info, png);
    connect(m_taking.get(), &Job::finished, this, [this, png, id = m_info.id, job = m_taking.get()] {
        if (id != m_info.id)
            return;
        if (job->state() == Job::State::Succeeded)
            return shrink(png);
        m_turnsLeftOut = kTurnsAfterFailure;
        hide();
    });
    m_taking->start();
}

void ScreenThumbnail::shrink(const std::shared_ptr<QByteArray>& png)
{
    m_isShrinking = true;
    QThreadPool::globalInstance()->start(
        [self = QPointer<ScreenThumbnail>(this), png, id = m_info.id, ratio = devicePixelRatioF()] {
            const QImage picture = smallPicture(*png, ratio);
            QMetaObject::invokeMethod(QCoreApplication::instance(), [self, picture, id] {
                if (!self)
                    return;
                self->m_isShrinking = false;
                if (id == self->m_info.id && self->m_info.state == WorkloadState::Running)
                    self->showPicture(picture);
            });
        });
}

void ScreenThumbnail::showPicture(const QImage& picture)
{
    setVisible(!picture.isNull());
    if (!picture.isNull())
        setPixmap(QPixmap::fromImage(picture));
}

} // namespace twinhull
