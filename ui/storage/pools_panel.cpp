// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/storage/pools_panel.h"

#include "core/workload/plan_command.h"
#include "ui/hardware/definition_sheet.h"
#include "ui/widgets/fields_dialog.h"

#include <QAction>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>

namespace twinhull {

namespace {

const QString kPoolName = QStringLiteral("Name");
const QString kPoolBuild = QStringLiteral("Build");

PoolWish wishFrom(const PoolKind& kind, const FieldsDialog::Values& values)
{
    PoolWish wish{ values[kPoolName], kind.type, {} };
    for (const auto& field : kind.fields) {
        if (!values[field.key].isEmpty())
            wish.fields.insert(field.key, values[field.key]);
    }
    if (!values.value(kPoolBuild).isEmpty())
        wish.making = PoolWish::Making::Empty;
    return wish;
}

FieldsDialog::Verdict judgePool(const QString& host, const PoolKind& kind, const FieldsDialog::Values& values)
{
    const PoolWish wish = wishFrom(kind, values);
    if (wish.name.isEmpty())
        return { QObject::tr("A place in which machines keep their disks; it is made and started at once."), false };
    QStringList words = hostCommand(host);
    words << QStringLiteral("pool") << QStringLiteral("create") << wish.name << wish.type;
    for (const auto& field : kind.fields) {
        const QString value = wish.fields.value(field.key);
        if (value.isEmpty() && field.isRequired)
            return { QObject::tr("%1 is missing, such as %2").arg(field.label, field.example), false };
        if (!value.isEmpty())
            words << field.key + u'=' + value;
    }
    if (wish.making == PoolWish::Making::Empty)
        words << QStringLiteral("--build");
    return { shellLine(words), true };
}

bool canBeBuilt(const QString& type)
{
    return type == u"fs" || type == u"logical" || type == u"disk" || type == u"zfs";
}

} // namespace

PoolsPanel::PoolsPanel(AppContext& context, QWidget* parent)
    : HostedListPanel(context,
        { tr("Storage pools"), QStringLiteral("poolsList"),
            tr("No storage pool yet. Machines keep their disks in such places; a folder is the simplest.") },
        tr("Read the storage pools"), parent)
    , m_kinds(std::make_unique<QMenu>())
{
    m_kinds->setObjectName(QStringLiteral("poolKinds"));
    addAction(tr("New pool ▾"), "poolsCreate", {})->setMenu(m_kinds.get());
    m_start = addAction(tr("Start"), "poolsStart", [this] { change(PoolChange::Start); });
    m_stop = addAction(tr("Stop"), "poolsStop", [this] { change(PoolChange::Stop); });
    m_lookAgain = addAction(tr("Look again"), "poolsRefresh", [this] { change(PoolChange::Refresh); });
    m_lookAgain->setToolTip(tr("Find what others put there or took away"));
    m_xml = addAction(tr("XML\u2026"), "poolsXml", [this] { editXml(); });
    m_autostart = addAction(tr("Start with libvirt"), "poolsAutostart",
        [this] { change(m_autostart->isChecked() ? PoolChange::Autostart : PoolChange::NoAutostart); });
    m_autostart->setCheckable(true);
    m_delete = addAction(tr("Delete\u2026"), "poolsDelete", [this] { askToDelete(); });
    setModel(m_model);
}

std::optional<MachinePool> PoolsPanel::pool() const
{
    const MachinePool* found = m_model.poolAt(chosen());
    return found != nullptr ? std::optional(*found) : std::nullopt;
}

NamedListPanel::Reading PoolsPanel::readFrom(WorkloadProvider& provider)
{
    auto* has = dynamic_cast<HasMachineStorage*>(&provider);
    if (has == nullptr)
        return {};
    if (m_kinds->isEmpty())
        readKinds(has->storage());
    const auto pools = std::make_shared<std::vector<MachinePool>>();
    return { has->storage().readPools({}, pools), [this, pools] { m_model.setPools(*pools); } };
}

/// Each libvirt has kinds of its own.
void PoolsPanel::onHostChanged()
{
    m_kinds->clear();
    m_kindsReading.reset();
}

void PoolsPanel::readKinds(MachineStorage& storage)
{
    if (m_kindsReading)
        return;
    const auto kinds = std::make_shared<std::vector<PoolKind>>();
    m_kindsReading = storage.readPoolKinds(kinds);
    connect(m_kindsReading.get(), &Job::finished, this, [this, kinds] {
        m_kindsReading.release()->deleteLater(); // it is still telling that it finished
        for (const auto& kind : *kinds) {
            auto* action
                = m_kinds->addAction(kind.label + QStringLiteral("\u2026"), this, [this, kind] { create(kind); });
            action->setObjectName(QStringLiteral("poolKind-") + kind.type);
            action->setEnabled(kind.isSupported);
        }
    });
    m_kindsReading->start();
}

void PoolsPanel::enableActions()
{
    const MachinePool* pool = m_model.poolAt(chosen());
    m_start->setEnabled(pool != nullptr && !pool->isRunning);
    m_stop->setEnabled(pool != nullptr && pool->isRunning);
    m_lookAgain->setEnabled(pool != nullptr && pool->isRunning);
    m_xml->setEnabled(pool != nullptr && pool->isPersistent);
    m_autostart->setEnabled(pool != nullptr && pool->isPersistent);
    m_autostart->setChecked(pool != nullptr && pool->isAutostarted);
    m_delete->setEnabled(pool != nullptr);
    Q_EMIT poolChosen();
}

void PoolsPanel::create(const PoolKind& kind)
{
    std::vector<Field> fields{ { kPoolName, tr("Name"), Field::Kind::Text, {}, tr("machines") } };
    for (const auto& field : kind.fields)
        fields.push_back({ field.key, field.isRequired ? field.label : tr("%1 (optional)").arg(field.label),
            Field::Kind::Text, {}, field.example });
    if (canBeBuilt(kind.type))
        fields.push_back({ kPoolBuild, tr("Make it on the device, where nothing is there yet"), Field::Kind::Check });
    auto* dialog = new FieldsDialog(
        { tr("New pool: %1").arg(kind.label), tr("Create pool"), QStringLiteral("poolDialog") }, fields,
        [kind, host = host()](const FieldsDialog::Values& values) { return judgePool(host, kind, values); }, this);
    connect(dialog, &FieldsDialog::chosen, this, [this, kind, host = host()](const FieldsDialog::Values& values) {
        run(host, [&](MachineStorage& storage) { return storage.createPool(wishFrom(kind, values)); });
    });
    dialog->open();
}

/// The connection may be gone by now.
void PoolsPanel::run(const QString& connection, const std::function<std::unique_ptr<Job>(MachineStorage&)>& make)
{
    if (auto* has = on<HasMachineStorage>(connection))
        submit(make(has->storage()));
}

void PoolsPanel::change(PoolChange change)
{
    if (!chosenName().isEmpty())
        run(host(), [&](MachineStorage& storage) { return storage.changePool(chosenName(), change); });
}

void PoolsPanel::editXml()
{
    const QString name = chosenName();
    if (name.isEmpty())
        return;
    const auto definitions = [this, host = host()]() -> NamedDefinitions* {
        auto* has = on<HasMachineStorage>(host);
        return has != nullptr ? &has->storage() : nullptr;
    };
    openNamedDefinition(context().jobs,
        { name,
            { tr("Definition of pool %1").arg(name), tr("<pool type='dir'> … </pool>, as virsh pool-dumpxml writes it"),
                tr("It is checked against libvirt's schema before anything is changed.") },
            definitions, [this] { refresh(); } },
        this);
}

void PoolsPanel::askToDelete()
{
    const QString name = chosenName();
    if (name.isEmpty())
        return;
    auto* box = new QMessageBox(this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowTitle(tr("Delete pool"));
    box->setText(tr("Delete pool %1?").arg(name));
    box->setInformativeText(tr("Only libvirt's word for it goes; the volumes in it stay where they are."));
    auto* yes = box->addButton(tr("Delete pool"), QMessageBox::DestructiveRole);
    box->addButton(tr("Keep"), QMessageBox::RejectRole);
    connect(yes, &QPushButton::clicked, this, [this, name, host = host()] {
        run(host, [&name](MachineStorage& storage) { return storage.changePool(name, PoolChange::Delete); });
    });
    box->open();
}

} // namespace twinhull
