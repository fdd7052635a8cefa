// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_choice.h"
#include "ui/create/form_row.h"

class QComboBox;

namespace twinhull {

/// The machine of a VM made from an image, and what speaks for it.
class ImageMachineRow : public FormRow {
    Q_OBJECT

public:
    explicit ImageMachineRow(QWidget* parent = nullptr);

    MachineChoice choice() const;

Q_SIGNALS:
    void chosen();

private:
    ImageMachineRow(QComboBox* box, QWidget* parent);
    void showReason();

    QComboBox* m_box;
};

} // namespace twinhull
