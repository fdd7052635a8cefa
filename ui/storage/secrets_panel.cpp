// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/storage/secrets_panel.h"

#include "core/volumes/secret_jobs.h"
#include "core/workload/option_text.h"
#include "ui/widgets/error_text.h"
#include "ui/widgets/fields_dialog.h"

#include <QAction>
#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>
#include <QPushButton>

namespace twinhull {

namespace {

const QString kSecretName = QStringLiteral("Name");
const QString kSecretText = QStringLiteral("Secret");

FieldsDialog::Verdict judgeSecretName(const QString& name)
{
    if (name.isEmpty())
        return { QObject::tr("A container that is made with --secret NAME gets it as a file in /run/secrets."), false };
    const auto named = checkSecretName(name);
    return named ? FieldsDialog::Verdict{ QObject::tr("It is kept for you alone, and not encrypted."), true }
                 : FieldsDialog::Verdict{ errorParagraph(named.error()), false };
}

FieldsDialog::Verdict judgeSecret(const FieldsDialog::Values& values)
{
    auto verdict = judgeSecretName(values[kSecretName]);
    if (verdict.isGood && values[kSecretText].isEmpty())
        return { QObject::tr("Type what is secret, or take it from a file."), false };
    return verdict;
}

} // namespace

SecretsPanel::SecretsPanel(AppContext& context, QWidget* parent)
    : NamedListPanel(context.jobs,
        { tr("Secrets"), QStringLiteral("secretsList"),
            tr("No secret yet. Passwords and keys that containers get as files in memory stand here.") },
        parent)
    , m_context(context)
{
    addAction(tr("New secret\u2026"), "secretsCreate", [this] { create(); });
    addAction(tr("From a file\u2026"), "secretsFromFile", [this] { chooseFile(); });
    m_replace = addAction(tr("Replace\u2026"), "secretsReplace", [this] { replace(); });
    m_replace->setToolTip(tr("Containers get the new one at their next start"));
    m_remove = addAction(tr("Remove\u2026"), "secretsRemove", [this] { askToRemove(); });
    setModel(m_model);
}

NamedListPanel::Reading SecretsPanel::read()
{
    const auto secrets = std::make_shared<std::vector<SecretInfo>>();
    return { readSecretsJob(m_context.folders, secrets), [this, secrets] { m_model.setSecrets(std::move(*secrets)); } };
}

void SecretsPanel::enableActions()
{
    const SecretInfo* secret = m_model.secretAt(chosen());
    m_replace->setEnabled(secret != nullptr);
    m_remove->setEnabled(secret != nullptr && secret->users.isEmpty());
    m_remove->setToolTip(secret != nullptr ? usersText(secret->users) : QString());
}

void SecretsPanel::create()
{
    auto* dialog = new FieldsDialog({ tr("New secret"), tr("Create secret"), QStringLiteral("secretDialog") },
        { { kSecretName, tr("Name"), Field::Kind::Text, {}, tr("db-password") },
            { kSecretText, tr("Secret"), Field::Kind::Password } },
        &judgeSecret, this);
    connect(dialog, &FieldsDialog::chosen, this, [this](const FieldsDialog::Values& values) {
        submit(createSecretJob(
            m_context.folders, values[kSecretName], values[kSecretText].toStdString(), SameSecret::Refuse));
    });
    dialog->open();
}

void SecretsPanel::chooseFile()
{
    auto* dialog = new QFileDialog(this, tr("Secret from a file"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &SecretsPanel::createFrom);
    dialog->open();
}

void SecretsPanel::createFrom(const QString& path)
{
    auto* dialog = new FieldsDialog(
        { tr("New secret"), tr("Create secret"), QStringLiteral("secretDialog") },
        { { kSecretName, tr("Name"), Field::Kind::Text, QFileInfo(path).fileName() } },
        [](const FieldsDialog::Values& values) { return judgeSecretName(values[kSecretName]); }, this);
    connect(dialog, &FieldsDialog::chosen, this, [this, path](const FieldsDialog::Values& values) {
        submit(createSecretFromFileJob(m_context.folders, values[kSecretName], path, SameSecret::Refuse));
    });
    dialog->open();
}

void SecretsPanel::replace()
{
    const QString name = chosenName();
    if (name.isEmpty())
        return;
    const auto judge = [](const FieldsDialog::Values& values) {
        return FieldsDialog::Verdict{ tr("Containers get the new one at their next start."),
            !values[kSecretText].isEmpty() };
    };
    auto* dialog = new FieldsDialog({ tr("Replace %1").arg(name), tr("Replace"), QStringLiteral("secretDialog") },
        { { kSecretText, tr("Secret"), Field::Kind::Password } }, judge, this);
    connect(dialog, &FieldsDialog::chosen, this, [this, name](const FieldsDialog::Values& values) {
        submit(createSecretJob(m_context.folders, name, values[kSecretText].toStdString(), SameSecret::Replace));
    });
    dialog->open();
}

void SecretsPanel::askToRemove()
{
    const QString name = chosenName();
    if (name.isEmpty())
        return;
    auto* box = new QMessageBox(this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowTitle(tr("Remove secret"));
    box->setText(tr("Remove secret %1?").arg(name));
    box->setInformativeText(tr("It cannot be brought back. No container is made with it."));
    auto* yes = box->addButton(tr("Remove secret"), QMessageBox::DestructiveRole);
    box->addButton(tr("Keep"), QMessageBox::RejectRole);
    connect(yes, &QPushButton::clicked, this, [this, name] { submit(removeSecretJob(m_context.folders, name)); });
    box->open();
}

} // namespace twinhull
