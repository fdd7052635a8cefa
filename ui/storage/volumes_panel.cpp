// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/storage/volumes_panel.h"

#include "core/jobs/job_queue.h"
#include "ui/widgets/error_text.h"
#include "ui/widgets/fields_dialog.h"
#include "ui/widgets/list_view.h"

#include <QAction>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QMessageBox>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace twinhull {

namespace {

const QString kVolumeName = QStringLiteral("Name");

FieldsDialog::Verdict judgeVolumeName(const FieldsDialog::Values& values)
{
    const QString name = values[kVolumeName];
    if (name.isEmpty())
        return { QObject::tr("A container mounts it as NAME:/path; it stays when the container is removed."), false };
    const auto named = checkVolumeName(name);
    return named ? FieldsDialog::Verdict{ QStringLiteral("twinhullctl volume create ") + name, true }
                 : FieldsDialog::Verdict{ errorParagraph(named.error()), false };
}

} // namespace

VolumesPanel::VolumesPanel(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_list(new ListView(tr("Volumes")))
    , m_stack(new QStackedWidget)
    , m_empty(new QLabel)
    , m_create(addAction(tr("New volume\u2026"), "volumesCreate", &VolumesPanel::create))
    , m_restore(addAction(tr("Restore\u2026"), "volumesRestore", &VolumesPanel::restore))
    , m_backUp(addAction(tr("Back up\u2026"), "volumesBackUp", &VolumesPanel::backUp))
    , m_remove(addAction(tr("Remove\u2026"), "volumesRemove", &VolumesPanel::askToRemove))
    , m_prune(addAction(tr("Remove unused\u2026"), "volumesPrune", &VolumesPanel::askToPrune))
{
    m_restore->setToolTip(tr("Make a volume of a tar"));
    m_backUp->setToolTip(tr("Write all that is in the chosen volume to a tar"));
    m_list->setObjectName(QStringLiteral("volumesList"));
    m_list->setModel(&m_model);
    m_empty->setText(tr("No volume yet. A container makes those that it names, or make one here."));
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setProperty("muted", true);
    m_empty->setWordWrap(true);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_list);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);
    connect(m_list, &ListView::chosenChanged, this, &VolumesPanel::refreshActions);
    connect(&m_model, &QAbstractItemModel::modelReset, this, &VolumesPanel::refreshActions);
    refreshActions();
}

VolumesPanel::~VolumesPanel() = default;

QAction* VolumesPanel::addAction(const QString& text, const char* objectName, void (VolumesPanel::*slot)())
{
    auto* action = new QAction(text, this);
    action->setObjectName(QLatin1String(objectName));
    connect(action, &QAction::triggered, this, slot);
    return action;
}

void VolumesPanel::refresh()
{
    if (m_reading)
        return;
    const auto volumes = std::make_shared<MeasuredVolumes>();
    m_reading = readVolumesJob(m_context.folders, {}, volumes);
    connect(m_reading.get(), &Job::finished, this, [this, volumes] {
        Job* job = m_reading.release();
        job->deleteLater(); // it is still telling that it finished
        if (job->result())
            show(*volumes);
        else
            m_empty->setText(errorParagraph(job->result().error()));
    });
    m_reading->start();
}

void VolumesPanel::show(const MeasuredVolumes& volumes)
{
    const VolumeInfo* chosen = m_model.volumeAt(m_list->chosen());
    const QString name = chosen != nullptr ? chosen->name : QString();
    m_model.setVolumes(volumes);
    for (int row = 0; row < m_model.rowCount(); ++row) {
        if (m_model.volumeAt(m_model.index(row, 0))->name == name)
            m_list->selectRow(row);
    }
}

void VolumesPanel::refreshActions()
{
    m_stack->setCurrentIndex(m_model.rowCount() == 0 ? 0 : 1);
    const VolumeInfo* chosen = m_model.volumeAt(m_list->chosen());
    m_backUp->setEnabled(chosen != nullptr);
    m_remove->setEnabled(chosen != nullptr && chosen->users.isEmpty());
    m_remove->setToolTip(chosen != nullptr && !chosen->users.isEmpty()
            ? tr("It is used by %1").arg(chosen->users.join(QStringLiteral(", ")))
            : QString());
    m_prune->setEnabled(!m_model.unused().isEmpty());
}

void VolumesPanel::submit(std::unique_ptr<Job> job)
{
    connect(m_context.jobs.submit(std::move(job)), &Job::finished, this, &VolumesPanel::refresh);
}

void VolumesPanel::create()
{
    auto* dialog = new FieldsDialog({ tr("New volume"), tr("Create volume"), QStringLiteral("volumeDialog") },
        { { kVolumeName, tr("Name"), Field::Kind::Text, {}, tr("data") } }, &judgeVolumeName, this);
    connect(dialog, &FieldsDialog::chosen, this, [this](const FieldsDialog::Values& values) {
        submit(createVolumeJob(m_context.folders, values[kVolumeName]));
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
    const VolumeInfo* chosen = m_model.volumeAt(m_list->chosen());
    if (chosen == nullptr)
        return;
    auto* dialog = new QFileDialog(this, tr("Back up %1").arg(chosen->name));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("tar"));
    dialog->setNameFilters({ tr("Tars (*.tar)"), tr("All files (*)") });
    dialog->selectFile(chosen->name + QStringLiteral(".tar"));
    connect(dialog, &QFileDialog::fileSelected, this,
        [this, name = chosen->name](const QString& path) { submit(exportVolumeJob(m_context.folders, name, path)); });
    dialog->open();
}

void VolumesPanel::askToRemove()
{
    if (const VolumeInfo* chosen = m_model.volumeAt(m_list->chosen()))
        ask(tr("Remove volume %1?").arg(chosen->name), tr("Remove volume"), { chosen->name });
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
