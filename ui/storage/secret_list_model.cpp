// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/storage/secret_list_model.h"

#include "core/base/text.h"

#include <QLocale>

namespace twinhull {

void SecretListModel::setSecrets(std::vector<SecretInfo> secrets)
{
    beginResetModel();
    m_secrets = std::move(secrets);
    endResetModel();
}

const SecretInfo* SecretListModel::secretAt(const QModelIndex& index) const
{
    return index.isValid() && checkIndex(index, CheckIndexOption::IndexIsValid)
        ? &m_secrets[static_cast<std::size_t>(index.row())]
        : nullptr;
}

int SecretListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_secrets.size());
}

int SecretListModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant SecretListModel::data(const QModelIndex& index, int role) const
{
    const SecretInfo* secret = secretAt(index);
    if (secret != nullptr && role == Qt::ToolTipRole)
        return QString::fromStdString(formatBytes(secret->bytes));
    if (secret == nullptr || role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case Name:
        return secret->name;
    case Users:
        return secret->users.isEmpty() ? tr("nobody") : secret->users.join(QStringLiteral(", "));
    case Changed:
        return QLocale().toString(secret->changed.toLocalTime(), QLocale::ShortFormat);
    default:
        return {};
    }
}

QVariant SecretListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || (role != Qt::DisplayRole && role != Qt::TextAlignmentRole))
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter | Qt::AlignLeft));
    switch (section) {
    case Name:
        return tr("Secret");
    case Users:
        return tr("Used by");
    case Changed:
        return tr("Changed");
    default:
        return {};
    }
}

} // namespace twinhull
