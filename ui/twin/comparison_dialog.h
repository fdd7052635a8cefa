// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/image_info.h"
#include "core/twin/comparison_plan.h"

#include <QDialog>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace twinhull {

/// Asks what a comparison run measures: which image, which work, how often.
class ComparisonDialog : public QDialog {
    Q_OBJECT

public:
    explicit ComparisonDialog(const std::vector<ImageInfo>& images, QWidget* parent = nullptr);

Q_SIGNALS:
    void chosen(const twinhull::ComparisonPlan& plan);

private:
    enum class Work { Image, Command, Http, Rest, Load };

    void buildFields(const std::vector<ImageInfo>& images);
    void buildLayout();
    void onWorkChosen();
    void describe();
    void finish();
    Work chosenWork() const;
    QString workName() const; ///< as comparedWork() takes it
    QString problem() const; ///< why it cannot be run; empty when it can

    QComboBox* m_image;
    QComboBox* m_work;
    QLineEdit* m_detail; ///< the command, or the request's port and path
    QLabel* m_detailLabel;
    QSpinBox* m_warmUps;
    QSpinBox* m_repeats;
    QLabel* m_description;
    QPushButton* m_run = nullptr;
};

} // namespace twinhull
