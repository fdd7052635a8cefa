// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_copies.h"
#include "ui/page/app_context.h"

#include <QImage>
#include <QLabel>
#include <QTimer>

namespace twinhull {

/// What the screen of a running machine shows, small, each few seconds while it is seen. Not there where there is no
/// screen; asked for again after half a minute, for it may only have failed once. Taken and made small on other
/// threads.
class ScreenThumbnail : public QLabel {
    Q_OBJECT

public:
    explicit ScreenThumbnail(AppContext& context, QWidget* parent = nullptr);

    void present(const WorkloadInfo& info);
    /// Takes pictures while the owner is seen.
    void setSeen(bool isSeen);

private:
    void take();
    void shrink(const std::shared_ptr<QByteArray>& png);
    void showPicture(const QImage& picture);

    AppContext& m_context;
    WorkloadInfo m_info;
    std::unique_ptr<Job> m_taking;
    QTimer m_timer;
    bool m_isSeen = false;
    bool m_isShrinking = false;
    int m_turnsLeftOut = 0; ///< of the timer, after a failure
};

} // namespace twinhull
