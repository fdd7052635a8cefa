// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/images/layer_tree_model.h"

#include "core/base/text.h"

namespace twinhull {

namespace {

QString changeWord(LayerFile::Change change)
{
    switch (change) {
    case LayerFile::Change::Added:
        return LayerTreeModel::tr("added");
    case LayerFile::Change::Changed:
        return LayerTreeModel::tr("changed");
    case LayerFile::Change::Removed:
        return LayerTreeModel::tr("removed");
    }
    return {};
}

} // namespace

LayerTreeModel::LayerTreeModel(QObject* parent) : QAbstractItemModel(parent), m_nodes(1) { }

void LayerTreeModel::setFiles(const std::vector<LayerFile>& files)
{
    beginResetModel();
    m_nodes.assign(1, {});
    m_byPath.clear();
    for (const LayerFile& file : files)
        m_nodes[nodeFor(file.path)].file = file;
    m_byPath.clear();
    endResetModel();
}

std::size_t LayerTreeModel::nodeFor(const std::string& path)
{
    if (path.empty())
        return 0;
    if (const auto found = m_byPath.find(path); found != m_byPath.end())
        return found->second;
    const auto slash = path.rfind('/');
    const std::size_t parent = nodeFor(slash == std::string::npos ? std::string() : path.substr(0, slash));
    const std::size_t own = m_nodes.size();
    Node node;
    node.name = QString::fromStdString(slash == std::string::npos ? path : path.substr(slash + 1));
    node.parent = parent;
    node.row = static_cast<int>(m_nodes[parent].children.size());
    m_nodes.push_back(std::move(node));
    m_nodes[parent].children.push_back(own);
    m_byPath.emplace(path, own);
    return own;
}

const LayerTreeModel::Node& LayerTreeModel::nodeAt(const QModelIndex& index) const
{
    return m_nodes[index.isValid() ? static_cast<std::size_t>(index.internalId()) : 0];
}

QModelIndex LayerTreeModel::index(int row, int column, const QModelIndex& parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, static_cast<quintptr>(nodeAt(parent).children[static_cast<std::size_t>(row)]));
}

QModelIndex LayerTreeModel::parent(const QModelIndex& index) const
{
    const std::size_t parent = index.isValid() ? nodeAt(index).parent : 0;
    return parent == 0 ? QModelIndex() : createIndex(m_nodes[parent].row, 0, static_cast<quintptr>(parent));
}

int LayerTreeModel::rowCount(const QModelIndex& parent) const
{
    return parent.column() > 0 ? 0 : static_cast<int>(nodeAt(parent).children.size());
}

int LayerTreeModel::columnCount(const QModelIndex&) const
{
    return ColumnCount;
}

QVariant LayerTreeModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Node& node = nodeAt(index);
    if (role == Qt::TextAlignmentRole && index.column() == Size)
        return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
    if (role != Qt::DisplayRole)
        return {};
    if (index.column() == Name)
        return node.file && !node.file->linkTarget.empty()
            ? node.name + QStringLiteral(" \u2192 ") + QString::fromStdString(node.file->linkTarget)
            : node.name;
    if (!node.file)
        return {};
    if (index.column() == Change)
        return changeWord(node.file->change);
    if (node.file->change == LayerFile::Change::Removed)
        return {};
    if (index.column() == Mode)
        return QString::number(node.file->permissions, 8);
    return node.file->type == ArchiveEntry::Type::File ? QString::fromStdString(formatBytes(node.file->bytes))
                                                       : QString();
}

QVariant LayerTreeModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("Name");
    case Change:
        return tr("Change");
    case Size:
        return tr("Size");
    case Mode:
        return tr("Permissions");
    default:
        return {};
    }
}

} // namespace twinhull
