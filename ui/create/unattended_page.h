// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/create/form_check.h"

#include <QWidget>

#include <map>
#include <optional>

class QCheckBox;
class QGridLayout;
class QLineEdit;

namespace twinhull {

class FormRow;
class PathEditor;
struct KnownOs;

/// Whether an installer asks, and what it is told where it does not.
class UnattendedPage : public QWidget {
    Q_OBJECT

public:
    explicit UnattendedPage(QWidget* parent = nullptr);

    std::optional<UnattendedText> text() const;
    void setProblems(const FormProblems& problems);
    /// Offers it where that system has a script; one that is not known may still be chosen.
    void setSystem(const std::optional<KnownOs>& system);

Q_SIGNALS:
    void changed();

private:
    void addRow(int place, const QString& label, QWidget* editor);
    QLineEdit* addLine(int place, const QString& name, const QString& label, const QString& example);

    QCheckBox* m_isWanted;
    QWidget* m_fields;
    QGridLayout* m_grid = nullptr;
    std::map<FormField, FormRow*> m_rows;
    FormRow* m_latestRow = nullptr;
    QLineEdit* m_user = nullptr;
    QLineEdit* m_password = nullptr;
    QLineEdit* m_hostName = nullptr;
    PathEditor* m_keys = nullptr;
};

} // namespace twinhull
