// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/hardware_tab.h"

#include "core/workload/workload_connection.h"
#include "core/jobs/job_queue.h"
#include "core/workload/machine_storage.h"
#include "core/workload/restart_job.h"
#include "core/workload/workload_registry.h"
#include "ui/hardware/add_device_dialog.h"
#include "ui/hardware/host_device_choice.h"
#include "ui/hardware/autostart_box.h"
#include "ui/hardware/definition_sheet.h"
#include "ui/hardware/device_form.h"
#include "ui/jobs/retry.h"
#include "ui/widgets/error_text.h"
#include "ui/widgets/property_style.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace twinhull {

namespace {

constexpr int kDeviceListWidth = 232;
constexpr int kDeviceRowHeight = 26;
constexpr int kTabPadding = 12;

QString itemText(const HardwareDevice& device)
{
    switch (device.presence) {
    case HardwareDevice::Presence::AfterShutdown:
        return HardwareTab::tr("%1 · after shutdown").arg(device.title);
    case HardwareDevice::Presence::UntilShutdown:
        return HardwareTab::tr("%1 · until shutdown").arg(device.title);
    default:
        return device.isPending() ? HardwareTab::tr("%1 · pending").arg(device.title) : device.title;
    }
}

} // namespace

MachineHardware* HardwareTab::hardwareOf(AppContext& context, const WorkloadInfo& info)
{
    auto* owner = dynamic_cast<HasMachineHardware*>(providerOf(context.workloads, info.id));
    return owner != nullptr ? &owner->hardware() : nullptr;
}

HardwareTab::HardwareTab(AppContext& context, QWidget* parent)
    : QWidget(parent), m_context(context), m_list(new QListWidget(this)), m_form(new DeviceForm)
{
    setObjectName(QStringLiteral("hardwareTab"));
    setAccessibleName(tr("Hardware"));
    auto* sides = new QHBoxLayout;
    sides->setContentsMargins(0, 0, 0, 0);
    sides->setSpacing(kTabPadding);
    sides->addWidget(makeDeviceSide());
    sides->addWidget(makeFieldSide(), 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kTabPadding, 8, kTabPadding, 8);
    layout->setSpacing(8);
    layout->addWidget(makeStrip());
    layout->addLayout(sides, 1);
    connect(m_list, &QListWidget::currentRowChanged, this, &HardwareTab::showDevice);
    connect(m_form, &DeviceForm::edited, this, &HardwareTab::noteEdits);
    noteEdits();
}

QPushButton* HardwareTab::makeButton(const QString& text, const QString& name)
{
    auto* button = new QPushButton(text, this);
    button->setObjectName(name);
    return button;
}

QWidget* HardwareTab::makeStrip()
{
    auto* strip = new QWidget(this);
    auto* layout = new QHBoxLayout(strip);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    m_status = new QLabel(strip);
    m_status->setObjectName(QStringLiteral("hardwareStatus"));
    m_status->setTextFormat(Qt::PlainText);
    m_status->setWordWrap(true);
    m_status->setProperty("muted", true);
    m_restart = makeButton(tr("Shut down and start to apply"), QStringLiteral("hardwareRestart"));
    m_takeBack = makeButton(tr("Undo latest change"), QStringLiteral("hardwareTakeBack"));
    m_takeBack->setToolTip(tr("Defines the VM as it was before its latest change"));
    m_xml = makeButton(tr("Edit XML…"), QStringLiteral("hardwareXml"));
    layout->addWidget(m_status, 1);
    for (auto* button : { m_restart, m_takeBack, m_xml })
        layout->addWidget(button);
    connect(m_restart, &QPushButton::clicked, this, &HardwareTab::restart);
    connect(m_takeBack, &QPushButton::clicked, this, &HardwareTab::submitTakeBack);
    connect(m_xml, &QPushButton::clicked, this, &HardwareTab::editXml);
    return strip;
}

QWidget* HardwareTab::makeDeviceSide()
{
    auto* side = new QWidget(this);
    side->setFixedWidth(kDeviceListWidth);
    m_list->setObjectName(QStringLiteral("deviceList"));
    m_list->setAccessibleName(tr("Devices"));
    m_list->setTextElideMode(Qt::ElideMiddle);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_add = new QToolButton(side);
    m_add->setObjectName(QStringLiteral("hardwareAdd"));
    m_add->setText(tr("Add hardware…"));
    m_add->setPopupMode(QToolButton::InstantPopup);
    m_add->setMenu(new QMenu(m_add));
    m_remove = makeButton(tr("Remove"), QStringLiteral("hardwareRemove"));
    m_remove->setToolTip(tr("Takes the device away; no file of it is removed"));
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addWidget(m_add);
    buttons->addWidget(m_remove);
    buttons->addStretch();
    auto* layout = new QVBoxLayout(side);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    m_autostart = new AutostartBox(m_context, side);
    layout->addWidget(m_list, 1);
    layout->addLayout(buttons);
    layout->addWidget(m_autostart);
    connect(m_remove, &QPushButton::clicked, this, &HardwareTab::removeDevice);
    return side;
}

QWidget* HardwareTab::makeFieldSide()
{
    auto* side = new QWidget(this);
    auto* area = new QScrollArea(side);
    area->setObjectName(QStringLiteral("deviceFields"));
    area->setWidgetResizable(true);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setFocusPolicy(Qt::NoFocus);
    area->setWidget(m_form);
    m_form->setAutoFillBackground(false);
    area->viewport()->setAutoFillBackground(false);
    m_apply = makeButton(tr("Apply"), QStringLiteral("hardwareApply"));
    setStyleProperty(*m_apply, "primary");
    m_revert = makeButton(tr("Revert"), QStringLiteral("hardwareRevert"));
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addStretch();
    buttons->addWidget(m_revert);
    buttons->addWidget(m_apply);
    auto* layout = new QVBoxLayout(side);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(area, 1);
    layout->addLayout(buttons);
    connect(m_apply, &QPushButton::clicked, this, &HardwareTab::apply);
    connect(m_revert, &QPushButton::clicked, this, [this] { showDevice(m_list->currentRow()); });
    return side;
}

void HardwareTab::present(const WorkloadInfo& info)
{
    const bool isOther = info.id != m_info.id;
    const bool isNews = isOther || info.state != m_info.state || !(info.limits == m_info.limits);
    m_info = info;
    m_autostart->present(info);
    if (isOther) {
        m_shown = {};
        m_wanted.clear();
        m_list->clear();
        m_form->setDevice({});
        m_status->setText(tr("Reading…"));
        noteEdits();
    }
    if (isNews)
        read();
}

/// Others may have changed it meanwhile, and of that libvirt tells only some.
void HardwareTab::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    read();
}

void HardwareTab::read()
{
    auto* hardware = hardwareOf(m_context, m_info);
    if (hardware == nullptr || m_info.id.key.isEmpty())
        return;
    if (m_reading && !m_reading->isFinished()) {
        m_isStale = true;
        return;
    }
    m_isStale = false;
    const auto description = std::make_shared<HardwareDescription>();
    if (m_reading)
        m_reading.release()->deleteLater(); // this may be its own signal
    m_reading = hardware->read(m_info, description);
    connect(m_reading.get(), &Job::finished, this, [this, description, id = m_info.id, job = m_reading.get()] {
        if (m_isStale || id != m_info.id) {
            QMetaObject::invokeMethod(this, &HardwareTab::read, Qt::QueuedConnection);
            return;
        }
        if (job->state() == Job::State::Succeeded)
            fill(*description);
        else
            m_status->setText(errorParagraph(job->result().error()));
    });
    m_reading->start();
}

void HardwareTab::fill(const HardwareDescription& description)
{
    const QString before = m_list->currentRow() >= 0 ? m_form->device().key : QString();
    const QString chosen = m_wanted.isEmpty() ? before : m_wanted;
    m_wanted.clear();
    m_shown = description;
    std::stable_partition(m_shown.devices.begin(), m_shown.devices.end(),
        [](const HardwareDevice& device) { return !device.fields.empty(); });
    const QSignalBlocker blocker(m_list);
    const bool isBeingEdited = chosen == before && !m_form->changes().isEmpty();
    m_list->clear();
    int row = 0;
    for (const auto& device : m_shown.devices) {
        auto* item = new QListWidgetItem(itemText(device), m_list);
        item->setToolTip(item->text());
        item->setSizeHint({ 0, kDeviceRowHeight });
        if (device.key == chosen)
            row = m_list->count() - 1;
    }
    m_list->setCurrentRow(row);
    if (!isBeingEdited)
        showDevice(row);
    fillStrip();
}

void HardwareTab::fillStrip()
{
    const bool isPending = m_shown.isPending();
    setStyleProperty(*m_status, "warning", isPending);
    setStyleProperty(*m_status, "muted", !isPending);
    m_status->setText(isPending            ? tr("Some changes wait until the VM is shut down.")
            : m_shown.runningXml.isEmpty() ? tr("Changes take effect with the next start.")
                                           : tr("Changes take effect at once where the VM can take them."));
    m_restart->setVisible(isPending);
    m_takeBack->setEnabled(m_shown.earlierDefinitions > 0);
    auto* menu = m_add->menu();
    if (menu->isEmpty()) {
        for (const auto& kind : hardwareOf(m_context, m_info)->addable())
            connect(menu->addAction(kind.title + QStringLiteral("…")), &QAction::triggered, this,
                [this, kind] { addDevice(kind); });
    }
    noteEdits();
}

void HardwareTab::showDevice(int row)
{
    const bool isThere = row >= 0 && row < static_cast<int>(m_shown.devices.size());
    m_form->setDevice(isThere ? m_shown.devices[static_cast<std::size_t>(row)] : HardwareDevice{});
    m_form->setVisible(isThere);
    noteEdits();
}

void HardwareTab::noteEdits()
{
    const bool isRead = !m_shown.definedXml.isEmpty();
    const auto& device = m_form->device();
    const bool isGoing = device.presence == HardwareDevice::Presence::UntilShutdown;
    const bool isEdited = isRead && !m_form->changes().isEmpty();
    m_apply->setEnabled(isEdited && !isGoing);
    m_revert->setEnabled(isEdited);
    m_remove->setEnabled(isRead && device.isRemovable && !device.key.isEmpty());
    m_add->setEnabled(isRead);
    m_xml->setEnabled(isRead);
    m_restart->setVisible(isRead && m_shown.isPending());
    m_takeBack->setEnabled(isRead && m_shown.earlierDefinitions > 0);
}

void HardwareTab::apply()
{
    submitEdit({ HardwareEdit::Verb::Set, m_form->device().key, m_form->changes() });
}

void HardwareTab::removeDevice()
{
    submitEdit({ HardwareEdit::Verb::Remove, m_form->device().key, {} });
}

void HardwareTab::addDevice(const HardwareDevice& kind)
{
    auto* dialog = new AddDeviceDialog(m_info.name, kind, this);
    connect(dialog, &AddDeviceDialog::chosen, this, [this, kind = kind.kind](const QMap<QString, QString>& values) {
        submitEdit({ HardwareEdit::Verb::Add, kind, values });
    });
    if (kind.kind == u"disk")
        tellPools(*dialog);
    if (dialog->hostDevices() != nullptr)
        tellHostDevices(*dialog);
    dialog->open();
}

void HardwareTab::tellHostDevices(AddDeviceDialog& dialog)
{
    auto* hardware = hardwareOf(m_context, m_info);
    const auto devices = std::make_shared<std::vector<HostDevice>>();
    Job* job = hardware != nullptr ? hardware->readHostDevices(devices).release() : nullptr;
    if (job == nullptr)
        return dialog.hostDevices()->setDevices({});
    job->setParent(&dialog);
    connect(job, &Job::finished, &dialog, [&dialog, devices, job] {
        if (job->state() == Job::State::Succeeded)
            dialog.hostDevices()->setDevices(*devices);
        else
            dialog.hostDevices()->setTrouble(errorParagraph(job->result().error()));
    });
    job->start();
}

/// Where the host has none, or does not tell, a new disk is beside the others.
void HardwareTab::tellPools(AddDeviceDialog& dialog)
{
    auto* has = dynamic_cast<HasMachineStorage*>(providerOf(m_context.workloads, m_info.id));
    if (has == nullptr)
        return;
    const auto pools = std::make_shared<std::vector<MachinePool>>();
    Job* job = has->storage().readPools({}, pools).release();
    job->setParent(&dialog);
    connect(job, &Job::finished, &dialog, [&dialog, pools, job] {
        QStringList running;
        for (const auto& pool : *pools) {
            if (pool.isRunning)
                running << pool.name;
        }
        if (job->state() == Job::State::Succeeded)
            dialog.setPools(running);
    });
    job->start();
}

void HardwareTab::submitEdit(const HardwareEdit& edit)
{
    auto* hardware = hardwareOf(m_context, m_info);
    const auto outcome = std::make_shared<HardwareOutcome>();
    follow(submitWithRetry(m_context.jobs,
               [hardware, info = m_info, edit, outcome] { return hardware->edit(info, edit, outcome); }),
        outcome);
}

void HardwareTab::submitTakeBack()
{
    auto* hardware = hardwareOf(m_context, m_info);
    const auto outcome = std::make_shared<HardwareOutcome>();
    follow(m_context.jobs.submit(hardware->takeBack(m_info, outcome)), outcome);
}

void HardwareTab::restart()
{
    auto* provider = providerOf(m_context.workloads, m_info.id);
    if (provider == nullptr)
        return;
    submitWithRetry(
        m_context.jobs, [provider, info = m_info] { return restartJob(*provider, info, StopMode::Graceful); });
}

void HardwareTab::editXml()
{
    auto* dialog = new DefinitionDialog(machineDefinitionWords(m_info.name), m_shown.definedXml, this);
    auto* hardware = hardwareOf(m_context, m_info);
    defineFrom(*dialog, m_context.jobs, [this, dialog, hardware](const QByteArray& xml) {
        const auto outcome = std::make_shared<HardwareOutcome>();
        auto job = hardware->define(xml, dialog->before(), outcome);
        follow(job.get(), outcome);
        return job;
    });
    dialog->open();
}

void HardwareTab::follow(Job* job, const std::shared_ptr<HardwareOutcome>& outcome)
{
    m_apply->setEnabled(false);
    connect(job, &Job::finished, this, [this, job, outcome, id = m_info.id] {
        if (id != m_info.id)
            return;
        if (job->state() != Job::State::Succeeded) {
            setStyleProperty(*m_status, "warning");
            m_status->setText(errorParagraph(job->result().error()));
            noteEdits();
            return;
        }
        const bool namesDevice = !outcome->device.isEmpty() && outcome->device != id.key;
        m_wanted = namesDevice ? outcome->device : m_form->device().key;
        m_form->setDevice({}); // what was typed is in the definition now
        read();
    });
}

} // namespace twinhull
