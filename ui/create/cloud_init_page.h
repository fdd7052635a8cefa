// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/create/form_check.h"

#include <QWidget>

class QGridLayout;
class QLineEdit;

namespace twinhull {

class FormRow;
class PathEditor;

/// What a cloud image's first boot is told.
class CloudInitPage : public QWidget {
    Q_OBJECT

public:
    explicit CloudInitPage(QWidget* parent = nullptr);

    CloudInitText text() const;
    void setProblems(const FormProblems& problems);

Q_SIGNALS:
    void changed();

private:
    QLineEdit* addLine(int place, const QString& name, const QString& label, const QString& example);
    PathEditor* addPath(int place, const QString& name, const QString& label, const QString& example);
    FormRow* addRow(int place, const QString& label, QWidget* editor);

    QGridLayout* m_grid;
    std::map<FormField, FormRow*> m_rows;
    FormRow* m_latestRow = nullptr;
    QLineEdit* m_user;
    QLineEdit* m_password;
    PathEditor* m_keys;
    QLineEdit* m_packages;
    QLineEdit* m_hostName;
    PathEditor* m_userData;
    PathEditor* m_networkConfig;
};

} // namespace twinhull
