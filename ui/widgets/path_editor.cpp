// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/path_editor.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>

namespace twinhull {

PathEditor::PathEditor(Kind kind, const QString& name, QWidget* parent)
    : QWidget(parent), m_kind(kind), m_line(new QLineEdit(this))
{
    m_line->setObjectName(name);
    auto* choose = new QPushButton(kind == Kind::File ? tr("File…") : tr("Folder…"), this);
    choose->setObjectName(name + QStringLiteral("Choose"));
    choose->setAutoDefault(false); // Return belongs to the dialog
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_line, 1);
    layout->addWidget(choose);
    setFocusProxy(m_line);
    connect(m_line, &QLineEdit::textChanged, this, &PathEditor::changed);
    connect(choose, &QPushButton::clicked, this, &PathEditor::openDialog);
}

QString PathEditor::path() const
{
    return m_line->text().trimmed();
}

void PathEditor::setPath(const QString& path)
{
    m_line->setText(path);
}

void PathEditor::setNameFilter(const QString& filter)
{
    m_filter = filter;
}

void PathEditor::openDialog()
{
    auto* dialog = new QFileDialog(window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(m_kind == Kind::File ? QFileDialog::ExistingFile : QFileDialog::Directory);
    if (!m_filter.isEmpty())
        dialog->setNameFilters({ m_filter, tr("All files (*)") });
    connect(dialog, &QFileDialog::fileSelected, this, &PathEditor::chosen);
    dialog->open();
}

} // namespace twinhull
