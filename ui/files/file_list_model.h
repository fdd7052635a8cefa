// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/copy/inside_files.h"
#include "ui/files/image_marks.h"

#include <QAbstractTableModel>

namespace twinhull {

/// The files of one folder of a workload, and what became of the image's there.
class FileListModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Name, Size, Modified, Owner, Permissions, Mark, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setFolder(InsideFolder folder);
    void setMarks(ImageMarks marks);
    const InsideFolder& folder() const { return m_folder; }
    /// Null for an invalid index, and where the image's file is gone.
    const ListedFile* fileAt(const QModelIndex& index) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    struct Row {
        ListedFile file;
        std::optional<ImageMark> mark;
    };

    void makeRows();
    QString textOf(const Row& row, int column) const;

    InsideFolder m_folder;
    ImageMarks m_marks;
    std::vector<Row> m_rows;
};

} // namespace twinhull
