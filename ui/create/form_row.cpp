// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/form_row.h"

#include "ui/widgets/property_style.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace twinhull {

FormRow::FormRow(const QString& label, QWidget* editor, QWidget* parent)
    : QWidget(parent)
    , m_editor(editor)
    , m_title(new QLabel(this))
    , m_note(new QLabel(this))
    , m_problem(new QLabel(this))
    , m_fix(new QPushButton(this))
{
    m_title->setProperty("muted", true);
    m_title->setProperty("small", true);
    m_title->setBuddy(editor);
    setLabel(label);
    m_note->setProperty("muted", true);
    m_problem->setProperty("error", true);
    for (auto* text : { m_note, m_problem }) {
        text->setProperty("small", true);
        text->setWordWrap(true);
        text->hide();
    }
    m_fix->setProperty("link", true);
    m_fix->setProperty("small", true);
    m_fix->setCursor(Qt::PointingHandCursor);
    m_fix->hide();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(m_title);
    column->addWidget(editor);
    column->addWidget(m_note);
    column->addWidget(m_problem);
    column->addWidget(m_fix, 0, Qt::AlignLeft);
    connect(m_fix, &QPushButton::clicked, this, [this] { Q_EMIT fixRequested(m_fixedText); });
}

void FormRow::setLabel(const QString& label)
{
    m_title->setText(label);
    m_editor->setAccessibleName(label);
    if (QWidget* line = m_editor->focusProxy())
        line->setAccessibleName(label); // it is what is spoken of
}

void FormRow::setProblem(const FieldProblem* problem)
{
    const bool isWrong = problem != nullptr;
    setStyleProperty(*m_editor, "error", isWrong);
    m_editor->setAccessibleDescription(isWrong ? problem->sentence : QString());
    if (QWidget* line = m_editor->focusProxy()) {
        setStyleProperty(*line, "error", isWrong);
        line->setAccessibleDescription(m_editor->accessibleDescription());
    }
    m_problem->setVisible(isWrong);
    m_fix->setVisible(isWrong && !problem->fixLabel.isEmpty());
    if (!isWrong)
        return;
    m_problem->setText(problem->sentence);
    m_fix->setText(problem->fixLabel);
    m_fixedText = problem->fixedText;
}

void FormRow::setEditable(bool isEditable)
{
    m_editor->setEnabled(isEditable);
}

void FormRow::setNote(const QString& note)
{
    m_note->setText(note);
    m_note->setVisible(!note.isEmpty());
}

} // namespace twinhull
