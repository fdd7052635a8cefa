// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/image_info.h"
#include "core/twin/comparison_plan.h"

#include <QDialog>

class QComboBox;
class QLabel;
class QPushButton;
class QSpinBox;

namespace twinhull {

/// Asks what a comparison run measures: which image, how often.
class ComparisonDialog : public QDialog {
    Q_OBJECT

public:
    explicit ComparisonDialog(const std::vector<ImageInfo>& images, QWidget* parent = nullptr);

Q_SIGNALS:
    void chosen(const twinhull::ComparisonPlan& plan);

private:
    void describe();
    void finish();

    QComboBox* m_image;
    QSpinBox* m_repeats;
    QLabel* m_description;
    QPushButton* m_run;
};

} // namespace twinhull
