// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/unattended_page.h"

#include "core/workload/known_os.h"
#include "ui/create/form_row.h"
#include "ui/create/machine_grid.h"
#include "ui/widgets/path_editor.h"

#include <QCheckBox>
#include <QLineEdit>
#include <QVBoxLayout>

namespace twinhull {

UnattendedPage::UnattendedPage(QWidget* parent)
    : QWidget(parent), m_isWanted(new QCheckBox(this)), m_fields(new QWidget(this))
{
    setObjectName(QStringLiteral("unattendedPage"));
    m_isWanted->setObjectName(QStringLiteral("unattended"));
    m_grid = makeMachineGrid(*m_fields);
    m_user = addLine(0, QStringLiteral("unattendedUser"), tr("User"), tr("none but root; anna"));
    m_password = addLine(1, QStringLiteral("unattendedPassword"), tr("Password of root and the user"), QString());
    m_password->setEchoMode(QLineEdit::Password);
    m_rows[FormField::UnattendedPassword] = m_latestRow;
    m_hostName = addLine(2, QStringLiteral("unattendedHostName"), tr("Host name"), tr("its name"));
    m_keys = new PathEditor(PathEditor::Kind::File, QStringLiteral("unattendedKeys"), this);
    m_keys->line().setPlaceholderText(tr("none; ~/.ssh/id_ed25519.pub"));
    m_keys->setNameFilter(tr("Public keys (*.pub authorized_keys)"));
    addRow(3, tr("Public SSH keys"), m_keys);
    m_rows[FormField::UnattendedKeys] = m_latestRow;
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(kMachineRowGap);
    rows->addWidget(m_isWanted);
    rows->addWidget(m_fields);
    m_fields->hide();
    setSystem({});
    connect(m_isWanted, &QCheckBox::toggled, m_fields, &QWidget::setVisible);
    connect(m_isWanted, &QCheckBox::toggled, this, &UnattendedPage::changed);
    connect(m_keys, &PathEditor::chosen, m_keys, &PathEditor::setPath);
    connect(m_keys, &PathEditor::changed, this, &UnattendedPage::changed);
}

void UnattendedPage::addRow(int place, const QString& label, QWidget* editor)
{
    m_latestRow = new FormRow(label, editor, m_fields);
    m_grid->addWidget(m_latestRow, place / kMachineColumns, place % kMachineColumns, Qt::AlignTop);
}

QLineEdit* UnattendedPage::addLine(int place, const QString& name, const QString& label, const QString& example)
{
    auto* line = new QLineEdit(this);
    line->setObjectName(name);
    line->setPlaceholderText(example);
    addRow(place, label, line);
    connect(line, &QLineEdit::textChanged, this, &UnattendedPage::changed);
    return line;
}

std::optional<UnattendedText> UnattendedPage::text() const
{
    if (!m_isWanted->isChecked() || isHidden())
        return std::nullopt;
    return UnattendedText{ m_user->text(), m_password->text(), m_keys->path(), m_hostName->text() };
}

void UnattendedPage::setProblems(const FormProblems& problems)
{
    for (auto& [field, row] : m_rows) {
        const auto found = problems.find(field);
        row->setProblem(found == problems.end() ? nullptr : &found->second);
    }
}

void UnattendedPage::setSystem(const std::optional<KnownOs>& system)
{
    const bool isPossible = !system || system->hasInstallScript;
    m_isWanted->setEnabled(isPossible || m_isWanted->isChecked());
    m_isWanted->setText(isPossible ? tr("Install without questions: the disk is wiped, and what is below is set up")
                                   : tr("Install without questions: there is no script for %1").arg(system->name));
}

} // namespace twinhull
