// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/report_list_model.h"

#include <QDateTime>
#include <QLocale>

namespace twinhull {

void ReportListModel::setReports(std::vector<KeptReport> reports)
{
    beginResetModel();
    m_reports = std::move(reports);
    endResetModel();
}

const KeptReport* ReportListModel::reportAt(const QModelIndex& index) const
{
    return index.isValid() ? &m_reports.at(static_cast<std::size_t>(index.row())) : nullptr;
}

int ReportListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_reports.size());
}

int ReportListModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ReportListModel::data(const QModelIndex& index, int role) const
{
    const KeptReport* report = reportAt(index);
    if (report == nullptr)
        return {};
    if (role == Qt::ToolTipRole)
        return index.column() == Work ? report->work : QString::fromStdString(report->path);
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case Image:
        return report->image;
    case When:
        return QLocale::c().toString(
            QDateTime::fromMSecsSinceEpoch(report->wallMilliseconds), QStringLiteral("d MMM yyyy HH:mm"));
    case Rounds:
        return QString::number(report->rounds);
    default:
        return report->work;
    }
}

QVariant ReportListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Image:
        return tr("Image");
    case When:
        return tr("When");
    case Rounds:
        return tr("Runs of each side");
    default:
        return tr("Work");
    }
}

} // namespace twinhull
