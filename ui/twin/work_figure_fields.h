// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/comparison.h"

#include <QWidget>

class QComboBox;
class QLineEdit;

namespace twinhull {

/// Asks for the figure that a command tells of itself: a pattern, its unit, and which way it is better.
class WorkFigureFields : public QWidget {
    Q_OBJECT

public:
    explicit WorkFigureFields(QWidget* parent = nullptr);

    /// Nothing where no pattern was written.
    std::optional<WorkScale> scale() const;
    void clear();

Q_SIGNALS:
    void changed();

private:
    QLineEdit* m_pattern;
    QLineEdit* m_unit;
    QComboBox* m_better;
};

} // namespace twinhull
