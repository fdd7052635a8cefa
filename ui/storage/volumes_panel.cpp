// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/storage/volumes_panel.h"

#include "core/base/text.h"
#include "ui/widgets/error_text.h"
#include "ui/widgets/fields_dialog.h"

#include <QAction>
#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>
#include <QPushButton>

namespace twinhull {

namespace {

const QString kVolumeName = QStringLiteral("Name");
const QString kVolumeLimit = QStringLiteral("Limit");

FieldsDialog::Verdict judgeVolumeName(const FieldsDialog::Values& values)
{
    const QString name = values[kVolumeName];
    if (name.isEmpty())
        return { QObject::tr("A container mounts it as NAME:/path; it stays when the container is removed."), false };
    const auto named = checkVolumeName(name);
    return named ? FieldsDialog::Verdict{ QStringLiteral("twinhullctl volume create ") + name, true }
                 : FieldsDialog::Verdict{ errorParagraph(named.error()), false };
}

QString limitIn(const FieldsDialog::Values& values)
{
    return values[kVolumeLimit].trimmed();
}

/// `limits` says why none can be had.
FieldsDialog::Verdict judgeNewVolume(const FieldsDialog::Values& values, const Result<>& limits)
{
    auto verdict = judgeVolumeName(values);
    const QString limit = limitIn(values);
    if (!verdict.isGood || limit.isEmpty())
        return verdict;
    if (!limits)
        return { errorParagraph(limits.error()), false };
    const auto bytes = parseSize(limit.toStdString());
    if (!bytes)
        return { errorParagraph(bytes.error()), false };
    if (*bytes < kLeastVolumeBytes)
        return { QObject::tr("Give it at least %1.").arg(QString::fromStdString(formatBytes(kLeastVolumeBytes))),
            false };
    verdict.text += QStringLiteral(" --size ") + limit;
    return verdict;
}

} // namespace

VolumesPanel::VolumesPanel(AppContext& context, QWidget* parent)
    : NamedListPanel(context.jobs,
        { tr("Volumes"), QStringLiteral("volumesList"),
            tr("No volume yet. A container makes those that it names, or make one here.") },
        parent)
    , m_context(context)
{
    addAction(tr("New volume\u2026"), "volumesCreate", [this] { create(); });
    addAction(tr("Restore\u2026"), "volumesRestore", [this] { restore(); })->setToolTip(tr("Make a volume of a tar"));
    m_backUp = addAction(tr("Back up\u2026"), "volumesBackUp", [this] { backUp(); });
    m_backUp->setToolTip(tr("Write all that is in the chosen volume to a tar"));
    m_remove = addAction(tr("Remove\u2026"), "volumesRemove", [this] { askToRemove(); });
    m_prune = addAction(tr("Remove unused\u2026"), "volumesPrune", [this] { askToPrune(); });
    setModel(m_model);
}

NamedListPanel::Reading VolumesPanel::read()
{
    const auto volumes = std::make_shared<MeasuredVolumes>();
    return { readVolumesJob(m_context.folders, {}, volumes),
        [this, volumes] { m_model.setVolumes(std::move(*volumes)); } };
}

void VolumesPanel::enableActions()
{
    const VolumeInfo* volume = m_model.volumeAt(chosen());
    m_backUp->setEnabled(volume != nullptr);
    m_remove->setEnabled(volume != nullptr && volume->users.isEmpty());
    m_remove->setToolTip(volume != nullptr ? usersText(volume->users) : QString());
    m_prune->setEnabled(!m_model.unused().isEmpty());
}

void VolumesPanel::create()
{
    auto* dialog = new FieldsDialog(
        { tr("New volume"), tr("Create volume"), QStringLiteral("volumeDialog") },
        { { kVolumeName, tr("Name"), Field::Kind::Text, {}, tr("data") },
            { kVolumeLimit, tr("Size limit"), Field::Kind::Text, {},
                m_model.limits() ? tr("none, or 10G") : tr("needs root and the mount option prjquota") } },
        [limits = m_model.limits()](const FieldsDialog::Values& values) { return judgeNewVolume(values, limits); },
        this);
    connect(dialog, &FieldsDialog::chosen, this, [this](const FieldsDialog::Values& values) {
        const auto bytes = parseSize(limitIn(values).toStdString());
        submit(createVolumeJob(m_context.folders, values[kVolumeName], bytes ? std::optional(*bytes) : std::nullopt));
    });
    dialog->open();
}

void VolumesPanel::restore()
{
    auto* dialog = new QFileDialog(this, tr("Restore a volume"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({ tr("Tars (*.tar *.tar.gz *.tgz *.tar.xz *.tar.zst)"), tr("All files (*)") });
    connect(dialog, &QFileDialog::fileSelected, this, &VolumesPanel::restoreFrom);
    dialog->open();
}

void VolumesPanel::restoreFrom(const QString& path)
{
    auto* dialog = new FieldsDialog({ tr("Restore volume"), tr("Restore"), QStringLiteral("volumeDialog") },
        { { kVolumeName, tr("Name"), Field::Kind::Text, QFileInfo(path).baseName() } }, &judgeVolumeName, this);
    connect(dialog, &FieldsDialog::chosen, this, [this, path](const FieldsDialog::Values& values) {
        submit(importVolumeJob(m_context.folders, values[kVolumeName], path));
    });
    dialog->open();
}

void VolumesPanel::backUp()
{
    const QString name = chosenName();
    if (name.isEmpty())
        return;
    auto* dialog = new QFileDialog(this, tr("Back up %1").arg(name));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("tar"));
    dialog->setNameFilters({ tr("Tars (*.tar)"), tr("All files (*)") });
    dialog->selectFile(name + QStringLiteral(".tar"));
    connect(dialog, &QFileDialog::fileSelected, this,
        [this, name](const QString& path) { submit(exportVolumeJob(m_context.folders, name, path)); });
    dialog->open();
}

void VolumesPanel::askToRemove()
{
    if (const QString name = chosenName(); !name.isEmpty())
        ask(tr("Remove volume %1?").arg(name), tr("Remove volume"), { name });
}

void VolumesPanel::askToPrune()
{
    const QStringList names = m_model.unused();
    ask(tr("Remove the %n volume(s) that no container uses?", nullptr, static_cast<int>(names.size())),
        tr("Remove unused"), names);
}

void VolumesPanel::ask(const QString& question, const QString& button, const QStringList& names)
{
    auto* box = new QMessageBox(this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowTitle(tr("Remove volumes"));
    box->setText(question);
    box->setInformativeText(tr("What is in %1 is gone then. Back it up first where it matters.")
                                .arg(names.mid(0, 10).join(QStringLiteral(", "))));
    auto* yes = box->addButton(button, QMessageBox::DestructiveRole);
    box->addButton(tr("Keep"), QMessageBox::RejectRole);
    connect(yes, &QPushButton::clicked, this, [this, names] {
        for (const QString& name : names)
            submit(removeVolumeJob(m_context.folders, name));
    });
    box->open();
}

} // namespace twinhull
