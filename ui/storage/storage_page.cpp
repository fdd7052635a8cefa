// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/storage/storage_page.h"

#include "core/workload/workload_registry.h"
#include "ui/storage/machine_disks.h"
#include "ui/storage/secrets_panel.h"
#include "ui/storage/volumes_panel.h"
#include "ui/widgets/action_button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/host_choice.h"
#include "ui/widgets/list_view.h"

#include <QAction>
#include <QHBoxLayout>
#include <QStackedWidget>
#include <QTabWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr int kStorageGap = 8;
constexpr int kStoragePadding = 12;

QWidget* inCard(const QString& title, QWidget* content)
{
    auto* card = new Card(title);
    card->body()->addWidget(content, 1);
    return card;
}

/// What can be done with a list that has no bar of the page's for it.
QWidget* withButtons(NamedListPanel* panel)
{
    auto* both = new QWidget;
    auto* column = new QVBoxLayout(both);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kStorageGap);
    column->addWidget(panel, 1);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(kStorageGap);
    for (QAction* action : panel->panelActions())
        buttons->addWidget(makeActionButton(*action, both));
    buttons->addStretch(1);
    column->addLayout(buttons);
    return both;
}

} // namespace

StoragePage::StoragePage(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_volumes(new VolumesPanel(context))
    , m_secrets(new SecretsPanel(context))
    , m_machines(new MachineDisks(context))
    , m_kinds(new QTabWidget)
    , m_bar(makeBar())
{
    setObjectName(QStringLiteral("storagePage"));
    auto* list = new ListView(tr("Disk use"));
    list->setObjectName(QStringLiteral("storageList"));
    list->setModel(&m_model);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kStoragePadding, kStoragePadding, kStoragePadding, kStoragePadding);
    layout->setSpacing(kStoragePadding);
    m_kinds->setAccessibleName(tr("Whose storage"));
    m_kinds->setObjectName(QStringLiteral("storageKinds"));
    m_kinds->addTab(makeContainers(), tr("Containers"));
    m_kinds->addTab(m_machines, tr("Machines"));
    m_host = addHostCorner(*m_kinds, 1, context.workloads);
    connect(m_host, &HostChoice::hostChosen, this, [this] { m_machines->setHost(m_host->host()); });
    connect(m_kinds, &QTabWidget::currentChanged, m_actions, &QStackedWidget::setCurrentIndex);
    layout->addWidget(m_kinds, 5);
    layout->addWidget(inCard(tr("Disk use"), list), 7); // all its rows in a window 720 pixels high
    connect(&context.workloads, &WorkloadRegistry::availabilityChanged, this, &StoragePage::refreshMachines);
    connect(&context.workloads, &WorkloadRegistry::added, this, &StoragePage::refreshMachines);
    connect(&context.workloads, &WorkloadRegistry::removed, this, &StoragePage::refreshMachines);
}

StoragePage::~StoragePage() = default;

QWidget* StoragePage::makeContainers()
{
    auto* both = new QWidget;
    auto* kept = new QHBoxLayout(both);
    kept->setContentsMargins(0, kStorageGap, 0, 0);
    kept->setSpacing(kStoragePadding);
    kept->addWidget(inCard(tr("Volumes"), m_volumes), 3);
    kept->addWidget(inCard(tr("Secrets"), withButtons(m_secrets)), 2);
    return both;
}

QWidget* StoragePage::makeBar()
{
    auto* bar = new QWidget(this);
    m_refresh = new QToolButton;
    m_refresh->setText(tr("Refresh"));
    m_refresh->setAccessibleName(tr("Refresh"));
    m_refresh->setObjectName(QStringLiteral("storageRefresh"));
    m_refresh->setShortcut(QKeySequence::Refresh);
    m_refresh->setToolTip(tr("Read the sizes again (F5)"));
    connect(m_refresh, &QToolButton::clicked, this, &StoragePage::refresh);
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kStorageGap);
    m_actions = new QStackedWidget;
    auto* ofVolumes = new QWidget;
    auto* row = new QHBoxLayout(ofVolumes);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(kStorageGap);
    for (QAction* action : m_volumes->panelActions())
        row->addWidget(makeActionButton(*action, ofVolumes));
    row->addStretch(1);
    m_actions->addWidget(ofVolumes);
    m_actions->addWidget(m_machines->makeBar(m_actions));
    layout->addWidget(m_refresh);
    layout->addWidget(m_actions, 1);
    return bar;
}

void StoragePage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    refresh();
}

/// Nobody sees a page that is not shown.
void StoragePage::refreshMachines()
{
    if (isVisible())
        m_machines->refresh();
}

void StoragePage::refresh()
{
    m_volumes->refresh();
    m_secrets->refresh();
    refreshMachines();
    if (m_reading)
        return;
    m_refresh->setEnabled(false);
    auto areas = std::make_shared<std::vector<DiskArea>>(diskAreas(m_context.folders));
    m_reading = readDiskAreas(areas);
    connect(m_reading.get(), &Job::finished, this, [this, areas] {
        m_reading.release()->deleteLater(); // it is still telling that it finished
        m_refresh->setEnabled(true);
        m_model.setAreas(*areas);
    });
    m_reading->start();
}

} // namespace twinhull
