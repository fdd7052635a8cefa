// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/volumes/secrets.h"

#include <QAbstractTableModel>

namespace twinhull {

/// Secrets by name and who uses them; never what they say.
class SecretListModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Name, Users, Changed, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setSecrets(std::vector<SecretInfo> secrets);
    const SecretInfo* secretAt(const QModelIndex& index) const; ///< null where there is none

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<SecretInfo> m_secrets;
};

} // namespace twinhull
