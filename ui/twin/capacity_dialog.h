// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/capacity_run.h"
#include "ui/twin/measure_dialog.h"

class QCheckBox;
class QDoubleSpinBox;
class QLineEdit;
class QSpinBox;

namespace twinhull {

class TwinFields;

/// Asks whether, of which image and of which kinds some may be started to see how many more fit.
class CapacityDialog : public MeasureDialog {
    Q_OBJECT

public:
    /// `chosenDigest` is the image that stands there first; may be empty.
    CapacityDialog(const std::vector<ImageInfo>& images, const QString& chosenDigest, QWidget* parent = nullptr);

Q_SIGNALS:
    /// One plan a kind, to be run one after the other.
    void chosen(const std::vector<twinhull::CapacityPlan>& plans);

protected:
    QString problem() const override;
    QString whatWillBeDone() const override;
    QString equivalentCommand() const override;
    void finish() override;

private:
    void buildLimits();
    Result<CapacityPlan> plan() const; ///< of containers

    QCheckBox* m_containers;
    QCheckBox* m_vms;
    QSpinBox* m_starts;
    QLineEdit* m_reserve;
    QDoubleSpinBox* m_pressure;
    QCheckBox* m_check; ///< whether what is foretold is started, too
    QSpinBox* m_checkLimit; ///< how many of each at most
    TwinFields* m_fields;
};

} // namespace twinhull
