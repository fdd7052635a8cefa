// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/settings/connection_list.h"

#include <QDialog>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace twinhull {

/// Asks for one more libvirt host: its kind, with what each needs, its address and name. Accepted when it is in the
/// list. Deletes itself when it is closed.
class AddConnectionDialog : public QDialog {
    Q_OBJECT

public:
    AddConnectionDialog(ConnectionList saved, QString homeUri, QWidget* parent);

private:
    void chooseKind();
    void look();
    void add();

    ConnectionList m_saved;
    QString m_homeUri;
    QComboBox* m_kind;
    QLabel* m_needs;
    QLineEdit* m_address;
    QLineEdit* m_name;
    QLabel* m_complaint;
    QPushButton* m_add = nullptr;
};

} // namespace twinhull
