// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/notice_popover.h"

#include "ui/widgets/property_style.h"

#include <QLabel>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr int kWidth = 400;

} // namespace

NoticePopover::NoticePopover(const std::vector<HostNotice>& notices, QWidget* parent) : QFrame(parent, Qt::Popup)
{
    setObjectName(QStringLiteral("noticePopover"));
    setAccessibleName(tr("Limitations of this computer"));
    setAttribute(Qt::WA_DeleteOnClose);
    setProperty("card", true);
    setFixedWidth(kWidth);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 12, 16, 12);
    layout->setSpacing(4);
    for (const HostNotice& notice : notices) {
        auto* title = new QLabel(notice.title, this);
        title->setWordWrap(true);
        setStyleProperty(*title, "strong");
        auto* explanation = new QLabel(notice.explanation, this);
        explanation->setWordWrap(true);
        explanation->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        setStyleProperty(*explanation, "muted");
        if (layout->count() > 0)
            layout->addSpacing(8);
        layout->addWidget(title);
        layout->addWidget(explanation);
    }
}

void NoticePopover::showAbove(const QWidget& anchor)
{
    resize(kWidth, layout()->hasHeightForWidth() ? layout()->totalHeightForWidth(kWidth) : sizeHint().height());
    const QPoint corner = anchor.mapToGlobal(QPoint(anchor.width(), 0));
    move(corner - QPoint(width(), height() + 8));
    show();
}

} // namespace twinhull
