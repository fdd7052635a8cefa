// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/create/form_check.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace twinhull {

/// One field of the sheet: its label above, its problem with a way out below.
class FormRow : public QWidget {
    Q_OBJECT

public:
    /// Takes the editor over. The editor's accessible name becomes `label`.
    FormRow(const QString& label, QWidget* editor, QWidget* parent = nullptr);

    /// Null: all is well.
    void setProblem(const FieldProblem* problem);
    /// A quiet line below the editor; empty: none.
    void setNote(const QString& note);
    void setLabel(const QString& label);
    void setEditable(bool isEditable);

Q_SIGNALS:
    void fixRequested(const QString& fixedText);

private:
    QWidget* m_editor;
    QLabel* m_title;
    QLabel* m_note;
    QLabel* m_problem;
    QPushButton* m_fix;
    QString m_fixedText;
};

} // namespace twinhull
