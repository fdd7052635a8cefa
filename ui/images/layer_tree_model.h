// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/layer_files.h"

#include <QAbstractItemModel>

#include <map>
#include <optional>
#include <vector>

namespace twinhull {

/// What a layer does, as a tree of folders.
class LayerTreeModel : public QAbstractItemModel {
    Q_OBJECT

public:
    enum Column { Name, Change, Size, Mode, ColumnCount };

    explicit LayerTreeModel(QObject* parent = nullptr);

    void setFiles(const std::vector<LayerFile>& files); ///< sorted by path

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& index) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Node {
        QString name;
        std::size_t parent = 0;
        int row = 0;
        std::vector<std::size_t> children;
        std::optional<LayerFile> file; ///< none: a folder the layer does not touch itself
    };

    const Node& nodeAt(const QModelIndex& index) const;
    std::size_t nodeFor(const std::string& path);

    std::vector<Node> m_nodes; ///< the first is the root
    std::map<std::string, std::size_t> m_byPath; ///< while it is filled
};

} // namespace twinhull
