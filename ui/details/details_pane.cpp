// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/details_pane.h"

#include "core/compose/compose_labels.h"
#include "core/settings/settings.h"
#include "core/workload/workload_registry.h"
#include "ui/console/console_tab.h"
#include "ui/console/joint_log_view.h"
#include "ui/console/log_export.h"
#include "ui/console/log_view.h"
#include "ui/console/screen_tab.h"
#include "ui/console/ssh_button.h"
#include "ui/console/terminal_tab.h"
#include "ui/details/guest_tab.h"
#include "ui/details/inspect_pane.h"
#include "ui/details/overview_tab.h"
#include "ui/details/processes_tab.h"
#include "ui/files/files_tab.h"
#include "ui/hardware/hardware_tab.h"
#include "ui/jobs/retry.h"
#include "ui/metrics/workload_charts_view.h"
#include "ui/snapshots/snapshots_tab.h"
#include "ui/widgets/kind_square.h"
#include "ui/widgets/workload_text.h"

#include <QClipboard>
#include <QDesktopServices>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QTabBar>
#include <QUrl>

namespace twinhull {

namespace {

QPushButton* makeHeadButton(const QString& name, QWidget* parent)
{
    auto* button = new QPushButton(parent);
    button->setObjectName(name);
    button->setProperty("flat", true);
    button->hide();
    return button;
}

/// Of those of its containers that run, the earliest; invalid where none does.
QDateTime firstStartOf(const std::vector<WorkloadInfo>& application)
{
    QDateTime first;
    for (const auto& each : application) {
        if (each.startedAt.isValid() && (!first.isValid() || each.startedAt < first))
            first = each.startedAt;
    }
    return first;
}

} // namespace

DetailsPane::DetailsPane(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_tabs(new QTabBar(this))
    , m_stack(new QStackedWidget(this))
    , m_square(new KindSquare(ThemeColor::Container, this))
    , m_name(new QLabel(this))
    , m_open(makeHeadButton(QStringLiteral("openAddress"), this))
    , m_copy(makeHeadButton(QStringLiteral("copyAddressDetails"), this))
{
    setObjectName(QStringLiteral("detailsPane"));
    setAccessibleName(tr("Details"));
    setFocusProxy(m_tabs);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(makeHead());
    layout->addWidget(m_stack, 1);
    m_stack->setMinimumHeight(120);
    addTabs();
    connect(m_tabs, &QTabBar::currentChanged, this, &DetailsPane::showTab);
    connect(m_tabs, &QTabBar::currentChanged, m_tabs, &QWidget::updateGeometry); // the chosen one is bold, so wider
    connect(&context.workloads, &WorkloadRegistry::changed, this, [this](const WorkloadInfo& info) {
        if (info.id == m_info.id)
            present(info);
    });
    const QString kept = context.settings.value(setting::kDetailsTab);
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        if (m_entries[i].name == kept)
            m_tabs->setCurrentIndex(static_cast<int>(i));
    }
    clear();
}

QWidget* DetailsPane::makeHead()
{
    auto* head = new QWidget(this);
    head->setObjectName(QStringLiteral("detailsHead"));
    auto* layout = new QHBoxLayout(head);
    layout->setContentsMargins(12, 0, 12, 0);
    layout->setSpacing(8);
    m_name->setProperty("strong", true);
    m_tabs->setObjectName(QStringLiteral("detailsTabs"));
    m_tabs->setAccessibleName(tr("Details"));
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->setUsesScrollButtons(false);
    m_copy->setText(tr("Copy address"));
    layout->addWidget(m_square);
    layout->addWidget(m_name);
    layout->addWidget(m_tabs);
    layout->addStretch();
    layout->addWidget(m_open);
    layout->addWidget(m_copy);
    connect(
        m_open, &QPushButton::clicked, this, [this] { QDesktopServices::openUrl(QUrl(urlText(*webPort(m_info)))); });
    connect(m_copy, &QPushButton::clicked, this,
        [this] { QGuiApplication::clipboard()->setText(urlText(*webPort(m_info))); });
    return head;
}

void DetailsPane::addTabs()
{
    addTab(QStringLiteral("overview"), tr("Overview"),
        { {}, [this] { return new OverviewTab(m_context, this); },
            [](QWidget* widget, const WorkloadInfo& info) { static_cast<OverviewTab*>(widget)->present(info); } });
    addTab(QStringLiteral("charts"), tr("Charts"),
        { {}, [this] { return new WorkloadChartsView(m_context, this); },
            [](QWidget* widget, const WorkloadInfo& info) {
                static_cast<WorkloadChartsView*>(widget)->setWorkload(info.id);
            } });
    addTab(QStringLiteral("logs"), tr("Logs"),
        { {}, [this] { return makeLogsTab(); },
            [this](QWidget* widget, const WorkloadInfo& info) {
                presentLogs(*static_cast<QStackedWidget*>(widget), info);
            } });
    addTab(QStringLiteral("terminal"), tr("Terminal"),
        { {}, [this] { return makeTerminalTab(); },
            [](QWidget* widget, const WorkloadInfo& info) { static_cast<TerminalTab*>(widget)->present(info); } });
    addTab(QStringLiteral("screen"), tr("Screen"),
        { {}, [this] { return new ScreenTab(m_context, this); },
            [](QWidget* widget, const WorkloadInfo& info) { static_cast<ScreenTab*>(widget)->present(info); } });
    m_screenTab = m_tabs->count() - 1;
    addTab(QStringLiteral("console"), tr("Console"),
        { {}, [this] { return new ConsoleTab(m_context, this); },
            [](QWidget* widget, const WorkloadInfo& info) { static_cast<ConsoleTab*>(widget)->present(info); } });
    m_consoleTab = m_tabs->count() - 1;
    addTab(QStringLiteral("files"), tr("Files"),
        { {}, [this] { return new FilesTab(m_context, this); },
            [](QWidget* widget, const WorkloadInfo& info) { static_cast<FilesTab*>(widget)->present(info); } });
    addTab(QStringLiteral("processes"), tr("Processes"),
        { {}, [this] { return new ProcessesTab(m_context, this); },
            [](QWidget* widget, const WorkloadInfo& info) { static_cast<ProcessesTab*>(widget)->present(info); } });
    addTab(QStringLiteral("hardware"), tr("Hardware"),
        { {}, [this] { return new HardwareTab(m_context, this); },
            [](QWidget* widget, const WorkloadInfo& info) { static_cast<HardwareTab*>(widget)->present(info); } });
    m_hardwareTab = m_tabs->count() - 1;
    addTab(QStringLiteral("snapshots"), tr("Snapshots"),
        { {}, [this] { return new SnapshotsTab(m_context, this); },
            [](QWidget* widget, const WorkloadInfo& info) { static_cast<SnapshotsTab*>(widget)->present(info); } });
    m_snapshotsTab = m_tabs->count() - 1;
    addTab(QStringLiteral("guest"), tr("Guest"),
        { {}, [this] { return new GuestTab(m_context, this); },
            [](QWidget* widget, const WorkloadInfo& info) { static_cast<GuestTab*>(widget)->present(info); } });
    m_guestTab = m_tabs->count() - 1;
    addTab(QStringLiteral("inspect"), tr("Inspect"),
        { {}, [this] { return new InspectPane(m_context, this); },
            [](QWidget* widget, const WorkloadInfo& info) { static_cast<InspectPane*>(widget)->present(info); } });
}

QWidget* DetailsPane::makeLogView()
{
    auto* view = new LogView(this);
    connect(view, &LogView::saveRequested, this, [&jobs = m_context.jobs](const QString& path, const QString& target) {
        submitWithRetry(jobs, [path, target] { return logExportJob(path, target); });
    });
    return view;
}

/// One log, or those of an application.
QWidget* DetailsPane::makeLogsTab()
{
    auto* tab = new QStackedWidget(this);
    tab->addWidget(makeLogView());
    tab->addWidget(new JointLogView(tab));
    return tab;
}

void DetailsPane::presentLogs(QStackedWidget& tab, const WorkloadInfo& info) const
{
    tab.setCurrentIndex(m_application.empty() ? 0 : 1);
    if (m_application.empty()) {
        auto* view = static_cast<LogView*>(tab.widget(0));
        view->setPath(info.logPath);
        view->setLastStart(info.startedAt);
        return;
    }
    std::vector<NamedLog> logs;
    for (const auto& each : m_application)
        logs.push_back({ QStringLiteral("%1-%2").arg(serviceOf(each)).arg(numberOf(each)), each.logPath });
    auto* view = static_cast<JointLogView*>(tab.widget(1));
    view->setLogs(logs);
    view->setLastStart(firstStartOf(m_application));
}

QWidget* DetailsPane::makeTerminalTab()
{
    auto* tab = new TerminalTab(this, new SshButton(m_context));
    connect(&m_context.workloads, &WorkloadRegistry::changed, tab, &TerminalTab::noteChange);
    connect(&m_context.workloads, &WorkloadRegistry::removed, tab, &TerminalTab::forget);
    return tab;
}

void DetailsPane::addTab(const QString& name, const QString& title, Tab tab)
{
    tab.name = name;
    m_entries.push_back(std::move(tab));
    m_tabs->addTab(title);
}

void DetailsPane::setWorkload(const WorkloadId& id, std::vector<WorkloadInfo> application)
{
    m_application = std::move(application);
    if (const auto info = m_context.workloads.find(id))
        present(*info);
}

void DetailsPane::clear()
{
    m_info = {};
    m_application.clear();
    setVisible(false);
}

void DetailsPane::present(const WorkloadInfo& info)
{
    m_info = info;
    m_square->setRole(info.id.kind == WorkloadKind::Container ? ThemeColor::Container : ThemeColor::Vm);
    m_square->setToolTip(kindText(info.id.kind));
    m_name->setText(m_application.empty() ? info.name : tr("%1: %2").arg(projectOf(info), info.name));
    presentAddress(info);
    setVisible(true);
    m_tabs->setTabVisible(m_screenTab, ScreenTab::screensOf(m_context, info) != nullptr);
    m_tabs->setTabVisible(m_hardwareTab, HardwareTab::hardwareOf(m_context, info) != nullptr); // may choose another
    m_tabs->setTabVisible(m_consoleTab, ConsoleTab::consolesOf(m_context, info) != nullptr);
    m_tabs->setTabVisible(m_snapshotsTab, SnapshotsTab::snapshotsOf(m_context, info) != nullptr);
    m_tabs->setTabVisible(m_guestTab, GuestTab::guestOf(m_context, info) != nullptr);
    showTab(m_tabs->currentIndex());
}

void DetailsPane::presentAddress(const WorkloadInfo& info)
{
    const PublishedPort* port = webPort(info);
    const bool isReachable = port != nullptr && info.state == WorkloadState::Running;
    m_open->setVisible(isReachable);
    m_copy->setVisible(isReachable);
    if (!isReachable)
        return;
    const QString address = addressText(*port);
    m_open->setText(address + QStringLiteral(" ↗"));
    m_open->setAccessibleName(tr("Open %1").arg(address));
    m_open->setToolTip(tr("Open %1 in the browser").arg(urlText(*port)));
}

void DetailsPane::showTab(int index)
{
    if (index < 0 || m_info.id.key.isEmpty())
        return;
    Tab& tab = m_entries[static_cast<std::size_t>(index)];
    if (!tab.widget) {
        tab.widget = tab.make();
        m_stack->addWidget(tab.widget);
    }
    m_stack->setCurrentWidget(tab.widget);
    tab.present(tab.widget, m_info);
    m_context.settings.setValue(setting::kDetailsTab, tab.name);
}

} // namespace twinhull
