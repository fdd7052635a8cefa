// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/path_editor.h"

#include <QCompleter>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>

namespace twinhull {

namespace {

constexpr int kShownChoices = 24;

} // namespace

PathEditor::PathEditor(Kind kind, const QString& name, QWidget* parent)
    : QWidget(parent)
    , m_kind(kind)
    , m_line(new QLineEdit(this))
    , m_choose(new QPushButton(kind == Kind::File ? tr("File…") : tr("Folder…"), this))
{
    m_line->setObjectName(name);
    m_choose->setObjectName(name + QStringLiteral("Choose"));
    m_choose->setAutoDefault(false); // Return belongs to the dialog
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_line, 1);
    layout->addWidget(m_choose);
    setFocusProxy(m_line);
    connect(m_line, &QLineEdit::textChanged, this, &PathEditor::changed);
    connect(m_choose, &QPushButton::clicked, this, [this] { m_choices ? openChoices() : openDialog(); });
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

void PathEditor::setChoices(const std::optional<QStringList>& choices)
{
    m_choices = choices;
    m_choose->setText(choices ? tr("Volume…") : m_kind == Kind::File ? tr("File…") : tr("Folder…"));
    m_choose->setEnabled(!choices || !choices->isEmpty());
    m_line->setCompleter(nullptr);
    if (!choices)
        return;
    auto* completer = new QCompleter(*choices, m_line);
    completer->setFilterMode(Qt::MatchContains);
    m_line->setCompleter(completer);
}

/// The rest is found by typing a part of it.
void PathEditor::openChoices()
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const QString& path : m_choices->mid(0, kShownChoices)) {
        QString text = path;
        menu->addAction(text.replace(u'&', QStringLiteral("&&")), this, [this, path] { Q_EMIT chosen(path); });
    }
    menu->popup(m_choose->mapToGlobal(QPoint(0, m_choose->height())));
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
