// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTreeView>

#include <vector>

namespace twinhull {

/// The view of the workload list: quiet header rows over the whole width, one line between rows, a click on the arrow
/// of a header folds it. Its columns share what is wide until a person has given one its width.
class WorkloadTree : public QTreeView {
    Q_OBJECT

public:
    explicit WorkloadTree(QWidget* parent = nullptr);

    void setModel(QAbstractItemModel* model) override;
    /// Their columns alone are painted anew, of the rows whose figures look different.
    void repaintFigures();
    bool isSortedByFigures() const;

Q_SIGNALS:
    void removeRequested();

protected:
    void dataChanged(const QModelIndex& topLeft, const QModelIndex& bottomRight, const QList<int>& roles = {}) override;
    void drawRow(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void drawBranches(QPainter* painter, const QRect& rect, const QModelIndex& index) const override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    bool foldAt(const QMouseEvent& event); ///< false where no arrow of a header is there
    void drawHeaderRow(QPainter& painter, const QRect& area, const QModelIndex& index) const;
    void setUpColumns();
    void shareWidth();

    bool m_isSharing = false;
    bool m_isArrangedByHand = false;
    std::vector<QString> m_looks; ///< of the figures in the rows that are shown, at the latest repaintFigures()
};

} // namespace twinhull
