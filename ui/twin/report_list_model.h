// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/report_shelf.h"

#include <QAbstractTableModel>

namespace twinhull {

/// Kept reports, one row each, newest first.
class ReportListModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Image, When, Rounds, Work, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setReports(std::vector<KeptReport> reports);
    /// Null for an invalid index. Valid until the next change.
    const KeptReport* reportAt(const QModelIndex& index) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<KeptReport> m_reports;
};

} // namespace twinhull
