// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/storage/pool_volumes_panel.h"

#include "core/base/text.h"
#include "core/jobs/job_queue.h"
#include "core/jobs/refused_job.h"
#include "core/workload/option_text.h"
#include "core/workload/plan_command.h"
#include "ui/widgets/fields_dialog.h"
#include "ui/widgets/machine_host.h"

#include <QAction>
#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>
#include <QPushButton>

namespace twinhull {

namespace {

const QString kDiskName = QStringLiteral("Name");
const QString kDiskSize = QStringLiteral("Size");
const QString kDiskFormat = QStringLiteral("Format");
const QString kDiskBacking = QStringLiteral("Backing");

std::optional<std::uint64_t> bytesFrom(const QString& text)
{
    const auto bytes = parseSize(text.toStdString());
    return bytes && *bytes > 0 ? std::optional(*bytes) : std::nullopt;
}

FieldsDialog::Verdict judgeDisk(const QString& host, const QString& pool, const FieldsDialog::Values& values)
{
    const QString name = values[kDiskName];
    const QString size = values[kDiskSize];
    const QString backing = values[kDiskBacking];
    if (name.isEmpty())
        return { QObject::tr("An empty disk for a machine; it grows as it is written to."), false };
    if (name.contains(u'/'))
        return { QObject::tr("A volume's name has no slash."), false };
    if (size.isEmpty() && backing.isEmpty())
        return { QObject::tr("A size is missing, such as 20G."), false };
    if (!size.isEmpty() && !bytesFrom(size))
        return { QObject::tr("\"%1\" is no size, such as 20G.").arg(size), false };
    QStringList words = hostCommand(host);
    words << QStringLiteral("pool") << QStringLiteral("volume") << QStringLiteral("create") << pool << name;
    for (const auto& [option, value] : { std::pair{ "--size", size }, std::pair{ "--format", values[kDiskFormat] },
             std::pair{ "--backing", backing } }) {
        if (!value.isEmpty())
            words << QLatin1String(option) << value;
    }
    return { shellLine(words), true };
}

FieldsDialog::Verdict judgeName(const FieldsDialog::Values& values)
{
    const QString name = values[kDiskName];
    return { name.contains(u'/') ? QObject::tr("A volume's name has no slash.") : QString(),
        !name.isEmpty() && !name.contains(u'/') };
}

FieldsDialog::Verdict judgeSize(std::uint64_t present, const FieldsDialog::Values& values)
{
    const auto bytes = bytesFrom(values[kDiskSize]);
    const QString now = QObject::tr("It has %1.").arg(QString::fromStdString(formatBytes(present)));
    if (!bytes)
        return { now + u' ' + QObject::tr("Type a larger size, such as 20G."), false };
    if (*bytes < present)
        return { now + u' ' + QObject::tr("What is at its end would be lost; the command line makes disks smaller."),
            false };
    return { now + u' '
            + QObject::tr("The system inside sees more room, and uses it once its partitions are enlarged."),
        *bytes > present };
}

} // namespace

PoolVolumesPanel::PoolVolumesPanel(AppContext& context, QWidget* parent)
    : NamedListPanel(context.jobs,
        { tr("Volumes of the pool"), QStringLiteral("poolVolumesList"),
            tr("Nothing is in the chosen pool. Make a disk, or upload one.") },
        parent)
    , m_context(context)
{
    m_create = addAction(tr("New disk\u2026"), "poolVolumesCreate", [this] { create(); });
    m_upload = addAction(tr("Upload\u2026"), "poolVolumesUpload", [this] { upload(); });
    m_upload->setToolTip(tr("Make a volume of a file of this computer"));
    m_download = addAction(tr("Download\u2026"), "poolVolumesDownload", [this] { download(); });
    m_resize = addAction(tr("Resize\u2026"), "poolVolumesResize", [this] { resizeChosen(); });
    m_clone = addAction(tr("Copy\u2026"), "poolVolumesClone", [this] { cloneChosen(); });
    m_wipe = addAction(tr("Wipe\u2026"), "poolVolumesWipe", [this] { askToWipe(); });
    m_delete = addAction(tr("Delete\u2026"), "poolVolumesDelete", [this] { askToDelete(); });
    setModel(m_model);
}

void PoolVolumesPanel::setPool(const QString& connection, const std::optional<MachinePool>& pool)
{
    if (connection != m_host)
        abandonReading();
    m_host = connection;
    m_pool = pool ? pool->name : QString();
    m_isRunning = pool && pool->isRunning;
    setEmptyText(!pool    ? tr("Choose a pool to see what is in it.")
            : m_isRunning ? tr("Nothing is in the chosen pool. Make a disk, or upload one.")
                          : tr("The chosen pool does not run, so nobody can tell what is in it."));
    showKeepingChoice([this, &pool] { m_model.setVolumes(pool ? pool->volumes : std::vector<MachineVolume>()); });
}

NamedListPanel::Reading PoolVolumesPanel::read()
{
    auto* has = onHost<HasMachineStorage>(m_context.workloads, m_host);
    if (has == nullptr || m_pool.isEmpty())
        return { std::make_unique<RefusedJob>(
                     tr("Read the volumes"), Error{ ErrorCode::NotFound, "no pool is chosen", 0, {} }),
            {} };
    const auto pools = std::make_shared<std::vector<MachinePool>>();
    return { has->storage().readPools({ m_pool }, pools), [this, pools] { setPool(m_host, pools->front()); } };
}

std::optional<VolumeName> PoolVolumesPanel::volume() const
{
    return chosenName().isEmpty() || m_pool.isEmpty() ? std::nullopt
                                                      : std::optional(VolumeName{ m_pool, chosenName() });
}

void PoolVolumesPanel::enableActions()
{
    const MachineVolume* volume = m_model.volumeAt(chosen());
    const bool isIdle = volume != nullptr && !volume->isUsedByRunning();
    const QString users = volume != nullptr ? usersText(usersOfVolume(*volume)) : QString();
    m_create->setEnabled(m_isRunning);
    m_upload->setEnabled(m_isRunning);
    m_resize->setEnabled(volume != nullptr);
    for (QAction* action : { m_download, m_clone, m_delete }) {
        action->setEnabled(isIdle);
        action->setToolTip(isIdle ? action->text() : users);
    }
    m_wipe->setEnabled(volume != nullptr && volume->users.empty());
    m_wipe->setToolTip(users.isEmpty() ? tr("Overwrite it with zeros") : users);
}

void PoolVolumesPanel::run(const QString& connection, const Make& make)
{
    auto* has = onHost<HasMachineStorage>(m_context.workloads, connection);
    if (has == nullptr)
        return; // gone by now
    connect(m_context.jobs.submit(make(has->storage())), &Job::finished, this, &PoolVolumesPanel::volumesChanged);
}

void PoolVolumesPanel::create()
{
    auto* dialog = new FieldsDialog(
        { tr("New disk"), tr("Create disk"), QStringLiteral("poolVolumeDialog") },
        { { kDiskName, tr("Name"), Field::Kind::Text, {}, tr("web.qcow2") },
            { kDiskSize, tr("Size"), Field::Kind::Text, {}, tr("20G") },
            { kDiskFormat, tr("Format"), Field::Kind::Choice, QStringLiteral("qcow2"), {},
                { QStringLiteral("qcow2"), QStringLiteral("raw") } },
            { kDiskBacking, tr("Based on"), Field::Kind::Text, {}, tr("nothing; or another volume's path") } },
        [host = m_host, pool = m_pool](const FieldsDialog::Values& values) { return judgeDisk(host, pool, values); },
        this);
    connect(
        dialog, &FieldsDialog::chosen, this, [this, host = m_host, pool = m_pool](const FieldsDialog::Values& values) {
            const VolumeWish wish{ { pool, values[kDiskName] }, bytesFrom(values[kDiskSize]).value_or(0),
                values[kDiskFormat], values[kDiskBacking] };
            run(host, [&wish](MachineStorage& storage) { return storage.createVolume(wish); });
        });
    dialog->open();
}

void PoolVolumesPanel::resizeChosen()
{
    const auto name = volume();
    const MachineVolume* known = m_model.volumeAt(chosen());
    if (!name || known == nullptr)
        return;
    auto* dialog = new FieldsDialog(
        { tr("Resize %1").arg(name->name), tr("Resize disk"), QStringLiteral("poolVolumeDialog") },
        { { kDiskSize, tr("Size"), Field::Kind::Text, sizeWord(known->capacityBytes) } },
        [present = known->capacityBytes](const FieldsDialog::Values& values) { return judgeSize(present, values); },
        this);
    connect(
        dialog, &FieldsDialog::chosen, this, [this, host = m_host, name = *name](const FieldsDialog::Values& values) {
            const auto bytes = bytesFrom(values[kDiskSize]).value_or(0);
            run(host, [&name, bytes](MachineStorage& storage) {
                return storage.resizeVolume(name, bytes, ShrinkRule::Refuse);
            });
        });
    dialog->open();
}

void PoolVolumesPanel::cloneChosen()
{
    const auto name = volume();
    if (!name)
        return;
    auto* dialog
        = new FieldsDialog({ tr("Copy %1").arg(name->name), tr("Copy disk"), QStringLiteral("poolVolumeDialog") },
            { { kDiskName, tr("Name of the copy"), Field::Kind::Text, tr("copy-of-%1").arg(name->name) } }, &judgeName,
            this);
    connect(
        dialog, &FieldsDialog::chosen, this, [this, host = m_host, name = *name](const FieldsDialog::Values& values) {
            const VolumeName copy{ name.pool, values[kDiskName] };
            run(host, [&name, &copy](MachineStorage& storage) { return storage.cloneVolume(name, copy, {}); });
        });
    dialog->open();
}

void PoolVolumesPanel::upload()
{
    auto* dialog = new QFileDialog(this, tr("Upload a disk"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &PoolVolumesPanel::uploadFrom);
    dialog->open();
}

void PoolVolumesPanel::uploadFrom(const QString& path)
{
    auto* dialog = new FieldsDialog({ tr("Upload a disk"), tr("Upload"), QStringLiteral("poolVolumeDialog") },
        { { kDiskName, tr("Name"), Field::Kind::Text, QFileInfo(path).fileName() } }, &judgeName, this);
    connect(dialog, &FieldsDialog::chosen, this,
        [this, host = m_host, path, pool = m_pool](const FieldsDialog::Values& values) {
            const VolumeName to{ pool, values[kDiskName] };
            run(host, [&to, &path](MachineStorage& storage) { return storage.uploadVolume(to, path); });
        });
    dialog->open();
}

void PoolVolumesPanel::download()
{
    const auto name = volume();
    if (!name)
        return;
    auto* dialog = new QFileDialog(this, tr("Download %1").arg(name->name));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setOption(QFileDialog::DontConfirmOverwrite); // what is there is never overwritten
    dialog->selectFile(name->name);
    connect(dialog, &QFileDialog::fileSelected, this, [this, host = m_host, name = *name](const QString& path) {
        run(host, [&name, &path](MachineStorage& storage) { return storage.downloadVolume(name, path); });
    });
    dialog->open();
}

void PoolVolumesPanel::askToWipe()
{
    if (const auto name = volume())
        ask(tr("Wipe %1?").arg(name->name), tr("All that is in it is overwritten with zeros, for ever."),
            tr("Wipe disk"), [name = *name](MachineStorage& storage) { return storage.wipeVolume(name); });
}

void PoolVolumesPanel::askToDelete()
{
    const auto name = volume();
    const MachineVolume* known = m_model.volumeAt(chosen());
    if (!name || known == nullptr)
        return;
    const QString users = usersText(usersOfVolume(*known));
    ask(tr("Delete %1?").arg(name->name),
        users.isEmpty() ? tr("No machine uses it. What is in it is gone for ever.")
                        : users + QStringLiteral(". ") + tr("They will not start without it."),
        tr("Delete disk"),
        [name = *name](MachineStorage& storage) { return storage.deleteVolume(name, VolumeUse::IgnoreStopped); });
}

void PoolVolumesPanel::ask(const QString& question, const QString& consequence, const QString& button, const Make& make)
{
    auto* box = new QMessageBox(this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowTitle(button);
    box->setText(question);
    box->setInformativeText(consequence);
    auto* yes = box->addButton(button, QMessageBox::DestructiveRole);
    box->addButton(tr("Keep"), QMessageBox::RejectRole);
    connect(yes, &QPushButton::clicked, this, [this, host = m_host, make] { run(host, make); });
    box->open();
}

} // namespace twinhull
