// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_registry.h"
#include "ui/metrics/series_source.h"

#include <QDialog>

class QComboBox;
class QDateTimeEdit;
class QLabel;
class QPushButton;
class QSpinBox;

namespace twinhull {

/// Two ranges of time of one length, the second of the same workloads or of another, to be laid over each other. Begins
/// with what the source shows, and lays them over when it is accepted.
class RangeDialog : public QDialog {
    Q_OBJECT

public:
    /// Both must outlive this.
    RangeDialog(SeriesSource& source, const WorkloadRegistry& workloads, QWidget* parent = nullptr);

    void accept() override;

private:
    void fill();
    void judge();
    QString refusal() const;
    std::chrono::seconds length() const;

    SeriesSource& m_source;
    const WorkloadRegistry& m_workloads;
    QDateTimeEdit* m_first;
    QSpinBox* m_count;
    QComboBox* m_unit;
    QComboBox* m_whose;
    QDateTimeEdit* m_second;
    QLabel* m_refusal;
    QPushButton* m_lay;
};

} // namespace twinhull
