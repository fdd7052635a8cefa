// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/cloud_init_page.h"

#include "ui/create/form_row.h"
#include "ui/create/machine_grid.h"
#include "ui/widgets/path_editor.h"

#include <QLineEdit>

namespace twinhull {

CloudInitPage::CloudInitPage(QWidget* parent) : QWidget(parent), m_grid(makeMachineGrid(*this))
{
    setObjectName(QStringLiteral("cloudInitPage"));
    m_user = addLine(0, QStringLiteral("cloudUser"), tr("User"), tr("the image’s own; anna"));
    m_rows[FormField::CloudUser] = m_latestRow;
    m_password = addLine(1, QStringLiteral("cloudPassword"), tr("Password"), tr("none: by key alone"));
    m_password->setEchoMode(QLineEdit::Password);
    m_keys = addPath(2, QStringLiteral("cloudKeys"), tr("Public SSH keys"), tr("~/.ssh/id_ed25519.pub"));
    m_keys->setNameFilter(tr("Public keys (*.pub authorized_keys)"));
    m_rows[FormField::CloudKeys] = m_latestRow;
    m_packages = addLine(3, QStringLiteral("cloudPackages"), tr("Packages to install"), tr("git vim"));
    m_hostName = addLine(4, QStringLiteral("cloudHostName"), tr("Host name"), tr("its name"));
    m_userData
        = addPath(5, QStringLiteral("cloudUserData"), tr("Own user data, in place of these"), tr("user-data.yaml"));
    m_networkConfig = addPath(6, QStringLiteral("cloudNetworkConfig"), tr("Own network configuration"), tr("DHCP"));
}

FormRow* CloudInitPage::addRow(int place, const QString& label, QWidget* editor)
{
    m_latestRow = new FormRow(label, editor, this);
    m_grid->addWidget(m_latestRow, place / kMachineColumns, place % kMachineColumns, Qt::AlignTop);
    return m_latestRow;
}

QLineEdit* CloudInitPage::addLine(int place, const QString& name, const QString& label, const QString& example)
{
    auto* line = new QLineEdit(this);
    line->setObjectName(name);
    line->setPlaceholderText(example);
    addRow(place, label, line);
    connect(line, &QLineEdit::textChanged, this, &CloudInitPage::changed);
    return line;
}

PathEditor* CloudInitPage::addPath(int place, const QString& name, const QString& label, const QString& example)
{
    auto* path = new PathEditor(PathEditor::Kind::File, name, this);
    path->line().setPlaceholderText(example);
    addRow(place, label, path);
    path->line().setAccessibleName(label);
    connect(path, &PathEditor::chosen, path, &PathEditor::setPath);
    connect(path, &PathEditor::changed, this, &CloudInitPage::changed);
    return path;
}

CloudInitText CloudInitPage::text() const
{
    return { m_user->text(), m_password->text(), m_keys->path(), m_packages->text(), m_hostName->text(),
        m_userData->path(), m_networkConfig->path() };
}

void CloudInitPage::setProblems(const FormProblems& problems)
{
    for (auto& [field, row] : m_rows) {
        const auto found = problems.find(field);
        row->setProblem(found == problems.end() ? nullptr : &found->second);
    }
}

} // namespace twinhull
