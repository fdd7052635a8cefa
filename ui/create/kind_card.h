// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme_color.h"

#include <QAbstractButton>

namespace twinhull {

/// One of the three big choices at the top of the sheet.
class KindCard : public QAbstractButton {
    Q_OBJECT

public:
    KindCard(ThemeColor role, const QString& title, const QString& text, QWidget* parent = nullptr);

    /// What it costs on this computer; empty: not known.
    void setCost(const QString& cost);

    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    ThemeColor m_role;
    QString m_description;
    QString m_cost;
};

} // namespace twinhull
