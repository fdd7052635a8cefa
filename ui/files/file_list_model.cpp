// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/files/file_list_model.h"

#include "core/base/text.h"
#include "ui/theme/theme.h"
#include "ui/widgets/tool_tip.h"

#include <QDateTime>
#include <QLocale>

#include <algorithm>

namespace twinhull {

namespace {

QString nameText(const ListedFile& file)
{
    const QString name = shownFileName(file.name);
    if (file.kind == ListedKind::Folder)
        return name + u'/';
    return file.kind == ListedKind::Link ? name + QStringLiteral(" → ") + shownFileName(file.linkTarget) : name;
}

} // namespace

void FileListModel::setFolder(InsideFolder folder)
{
    beginResetModel();
    m_folder = std::move(folder);
    makeRows();
    endResetModel();
}

void FileListModel::setMarks(ImageMarks marks)
{
    beginResetModel();
    m_marks = std::move(marks);
    makeRows();
    endResetModel();
}

void FileListModel::makeRows()
{
    m_rows.clear();
    for (const auto& file : m_folder.files)
        m_rows.push_back({ file, m_marks.of(m_folder.path, file.name) });
    for (const auto& name : m_folder.path.empty() ? std::vector<std::string>() : m_marks.removedIn(m_folder.path)) {
        const auto isThere = [&name](const Row& row) { return row.file.name == name; }; // it came back meanwhile
        if (std::none_of(m_rows.begin(), m_rows.end(), isThere)) {
            m_rows.push_back({ {}, ImageMark::Removed });
            m_rows.back().file.name = name;
        }
    }
}

const ListedFile* FileListModel::fileAt(const QModelIndex& index) const
{
    if (!index.isValid() || !checkIndex(index, CheckIndexOption::IndexIsValid))
        return nullptr;
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    return row.mark == ImageMark::Removed ? nullptr : &row.file;
}

int FileListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int FileListModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

Qt::ItemFlags FileListModel::flags(const QModelIndex& index) const
{
    if (!index.isValid())
        return Qt::NoItemFlags;
    const auto usual = QAbstractTableModel::flags(index) | Qt::ItemNeverHasChildren;
    return fileAt(index) != nullptr ? usual | Qt::ItemIsDragEnabled : usual;
}

QString FileListModel::textOf(const Row& row, int column) const
{
    if (column == Name)
        return row.mark == ImageMark::Removed ? shownFileName(row.file.name) : nameText(row.file);
    if (column == Mark)
        return !row.mark                            ? QString()
            : *row.mark == ImageMark::Added         ? tr("added")
            : *row.mark == ImageMark::Removed       ? tr("removed")
            : *row.mark == ImageMark::ChangedInside ? tr("changed inside")
                                                    : tr("changed");
    if (row.mark == ImageMark::Removed)
        return {};
    const auto& attributes = row.file.attributes;
    switch (column) {
    case Size:
        return row.file.kind == ListedKind::File ? QString::fromStdString(formatBytes(row.file.bytes)) : QString();
    case Modified:
        return QLocale().toString(QDateTime::fromSecsSinceEpoch(attributes.modifiedSeconds), QLocale::ShortFormat);
    case Owner:
        return QStringLiteral("%1:%2").arg(attributes.uid).arg(attributes.gid);
    case Permissions:
        return shownPermissions(row.file);
    default:
        return {};
    }
}

QVariant FileListModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || !checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return textOf(row, index.column());
    case Qt::ToolTipRole:
        return index.column() == Name ? toolTipOf(textOf(row, Name)) : QVariant();
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(
            Qt::Alignment(Qt::AlignVCenter) | (index.column() == Size ? Qt::AlignRight : Qt::AlignLeft));
    case Qt::ForegroundRole:
        if (row.mark == ImageMark::Removed)
            return Theme::current().color(ThemeColor::TextFaint);
        return index.column() == Name ? QVariant() : Theme::current().color(ThemeColor::TextMuted);
    default:
        return {};
    }
}

QVariant FileListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(
            Qt::Alignment(Qt::AlignVCenter) | (section == Size ? Qt::AlignRight : Qt::AlignLeft));
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("Name");
    case Size:
        return tr("Size");
    case Modified:
        return tr("Modified");
    case Owner:
        return tr("Owner");
    case Permissions:
        return tr("Permissions");
    case Mark:
        return tr("Against the image");
    default:
        return {};
    }
}

} // namespace twinhull
