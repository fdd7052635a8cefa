// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/image_info.h"
#include "core/twin/capacity_run.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QLabel;
class QPushButton;
class QSpinBox;

namespace twinhull {

/// Asks whether, of which image and of which kinds some may be started to see how many more fit.
class CapacityDialog : public QDialog {
    Q_OBJECT

public:
    /// `chosenDigest` is the image that stands there first; may be empty.
    CapacityDialog(const std::vector<ImageInfo>& images, const QString& chosenDigest, QWidget* parent = nullptr);

Q_SIGNALS:
    /// One plan a kind, to be run one after the other.
    void chosen(const std::vector<twinhull::CapacityPlan>& plans);

private:
    void buildFields(const std::vector<ImageInfo>& images, const QString& chosenDigest);
    void buildLayout();
    void describe();
    void finish();

    QComboBox* m_image;
    QCheckBox* m_containers;
    QCheckBox* m_vms;
    QSpinBox* m_starts;
    QLabel* m_description;
    QPushButton* m_run = nullptr;
};

} // namespace twinhull
