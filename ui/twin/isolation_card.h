// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/isolation_report.h"
#include "ui/twin/figure_table_card.h"

#include <map>
#include <optional>

class QLabel;

namespace twinhull {

/// What keeps each workload apart, a row a question. A row that is opened tells below the table, of all workloads side
/// by side, what is seen from inside, what from this computer, and what a breakout would have to pass.
class IsolationCard : public FigureTableCard {
    Q_OBJECT

public:
    explicit IsolationCard(QWidget* parent = nullptr);

    /// One that is not in `known` is being read.
    void setWorkloads(std::span<const ComparedWorkload> workloads, const std::map<WorkloadId, IsolationViews>& known);

protected:
    void choose(const QModelIndex& index) override;

private:
    struct Side {
        QString title;
        std::vector<IsolationRow> rows; ///< empty while it is read
    };

    void refresh();
    QString detailsOf(std::size_t row) const;
    QString spokenDetails(std::size_t row) const;

    FigureTable m_plain; ///< without marks of what is open
    std::vector<Side> m_sides;
    std::optional<std::size_t> m_open;
    QLabel* m_details;
};

} // namespace twinhull
