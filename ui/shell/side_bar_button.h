// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>

namespace twinhull {

/// One entry of the side bar: title at the left, count at the right.
class SideBarButton : public QAbstractButton {
    Q_OBJECT

public:
    explicit SideBarButton(const QString& title, QWidget* parent = nullptr);

    void setCount(int count);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    int m_count = 0;
};

} // namespace twinhull
