// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/main_window.h"

#include "core/images/image_store.h"
#include "core/jobs/job_queue.h"
#include "core/settings/settings.h"
#include "core/workload/workload_registry.h"
#include "ui/create/compose_dialog.h"
#include "ui/create/create_dialog.h"
#include "ui/hardware/new_definition.h"
#include "ui/images/images_page.h"
#include "ui/jobs/retry.h"
#include "ui/settings/connections_dialog.h"
#include "ui/settings/settings_dialog.h"
#include "ui/shell/enter_key.h"
#include "ui/page/page_bar.h"
#include "ui/shell/side_bar.h"
#include "ui/shell/status_line.h"
#include "ui/shell/top_bar.h"
#include "ui/theme/theme.h"
#include "ui/workloads/workloads_page.h"

#include <QAction>
#include <QApplication>
#include <QCloseEvent>
#include <QHBoxLayout>
#include <QIcon>
#include <QShortcut>
#include <QStackedWidget>
#include <QTimer>

#include <utility>

namespace twinhull {

namespace {

constexpr QSize kFirstSize{ 1280, 800 };
constexpr QSize kSmallestSize{ 900, 560 };

} // namespace

MainWindow::MainWindow(AppContext& context)
    : m_context(context)
    , m_pages(pageList())
    , m_made(m_pages.size(), nullptr)
    , m_topBar(new TopBar(context.jobs, this))
    , m_sideBar(new SideBar(this))
    , m_stack(new QStackedWidget(this))
{
    setObjectName(QStringLiteral("mainWindow"));
    setWindowTitle(tr("Twinhull"));
    setWindowIcon(QIcon(QStringLiteral(":/icons/twinhull.svg")));
    setMinimumSize(kSmallestSize);
    resize(kFirstSize);
    restoreGeometry(context.settings.value(setting::kWindowGeometry));
    layOut();
    for (const PageEntry& page : m_pages)
        m_sideBar->addPage(page.name, page.title);
    connect(m_sideBar, &SideBar::chosen, this, &MainWindow::showPageAt);
    connect(&context.workloads, &WorkloadRegistry::added, this, &MainWindow::refreshCountsSoon);
    connect(&context.workloads, &WorkloadRegistry::removed, this, &MainWindow::refreshCountsSoon);
    connect(&context.jobs, &JobQueue::submitted, this, &MainWindow::refreshCountsSoon);
    connect(&context.jobs, &JobQueue::changed, this, &MainWindow::refreshCountsSoon);
    connect(&context.images, &ImageStore::added, this, &MainWindow::refreshCountsSoon);
    connect(&context.images, &ImageStore::removed, this, &MainWindow::refreshCountsSoon);
    auto* quit = new QShortcut(QKeySequence(QKeySequence::Quit), this);
    connect(quit, &QShortcut::activated, this, &QWidget::close);
    addShortcuts();
    addConnections();
    addSettings();
    showPageAt(0);
    refreshCounts();
}

void MainWindow::addShortcuts()
{
    qApp->installEventFilter(new EnterKey(this));
    auto* make = new QShortcut(QKeySequence(QKeySequence::New), this);
    connect(make, &QShortcut::activated, this, [this] { openCreate(NewWorkload::Container, {}); });
    auto* find = new QShortcut(QKeySequence(QKeySequence::Find), this);
    connect(find, &QShortcut::activated, this, [this] {
        showPageAt(0);
        if (auto* page = qobject_cast<WorkloadsPage*>(pageAt(0)))
            page->focusFilter();
    });
}

void MainWindow::layOut()
{
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(0);
    auto* middle = new QHBoxLayout;
    middle->setSpacing(0);
    rows->addWidget(m_topBar);
    rows->addLayout(middle, 1);
    rows->addWidget(new StatusLine(m_context, this));
    middle->addWidget(m_sideBar);
    middle->addWidget(m_stack, 1);
}

bool MainWindow::showPage(const QString& name)
{
    for (std::size_t page = 0; page < m_pages.size(); ++page) {
        if (m_pages[page].name == name) {
            showPageAt(static_cast<int>(page));
            return true;
        }
    }
    return false;
}

void MainWindow::selectWorkload(const QString& name)
{
    if (auto* page = qobject_cast<WorkloadsPage*>(pageAt(0)))
        page->select(name);
}

QWidget* MainWindow::pageAt(int page)
{
    QWidget*& made = m_made[static_cast<std::size_t>(page)];
    if (!made) {
        made = m_pages[static_cast<std::size_t>(page)].make(m_context, m_stack);
        m_stack->addWidget(made);
        if (auto* workloads = qobject_cast<WorkloadsPage*>(made))
            connectWorkloadsPage(*workloads);
        else if (auto* images = qobject_cast<ImagesPage*>(made))
            connectImagesPage(*images);
    }
    return made;
}

void MainWindow::showPageAt(int page)
{
    QWidget* shown = pageAt(page);
    auto* source = dynamic_cast<PageBarSource*>(shown);
    m_topBar->present(m_pages[static_cast<std::size_t>(page)].title, source ? source->pageBar() : nullptr);
    m_stack->setCurrentWidget(shown);
    m_sideBar->setCurrent(page);
    shown->setFocus();
}

/// Counting copies lists, and hundreds of workloads may come in one turn of the event loop.
void MainWindow::refreshCountsSoon()
{
    if (std::exchange(m_isCountDue, true))
        return;
    QMetaObject::invokeMethod(this, &MainWindow::refreshCounts, Qt::QueuedConnection);
}

void MainWindow::refreshCounts()
{
    m_isCountDue = false;
    for (std::size_t page = 0; page < m_pages.size(); ++page) {
        if (m_pages[page].count)
            m_sideBar->setCount(static_cast<int>(page), m_pages[page].count(m_context));
    }
}

void MainWindow::connectWorkloadsPage(WorkloadsPage& page)
{
    connect(&page, &WorkloadsPage::newRequested, this, &MainWindow::openCreate);
    connect(&page, &WorkloadsPage::duplicateRequested, this, [this](const WorkloadPlan& plan, const QString& name) {
        openCreate(NewWorkload::Container, {})->fill(plan, name);
    });
    connect(&page, &WorkloadsPage::definitionRequested, this, [this] { openNewDefinition(m_context, this); });
    connect(&page, &WorkloadsPage::composeRequested, this, [this] {
        auto* dialog = new ComposeDialog(m_context, this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    });
}

void MainWindow::connectImagesPage(ImagesPage& page)
{
    const auto open = [this](NewWorkload kind) {
        return [this, kind](const QString& imageReference) { openCreate(kind, imageReference); };
    };
    connect(&page, &ImagesPage::containerRequested, this, open(NewWorkload::Container));
    connect(&page, &ImagesPage::vmRequested, this, open(NewWorkload::Vm));
    connect(&page, &ImagesPage::twinRequested, this, open(NewWorkload::Twin));
}

CreateDialog* MainWindow::openCreate(NewWorkload kind, const QString& imageReference)
{
    auto* dialog = new CreateDialog(m_context, kind, imageReference, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
    return dialog;
}

void MainWindow::addConnections()
{
    auto* open = new QAction(tr("Connections…"), this);
    open->setObjectName(QStringLiteral("connections"));
    open->setToolTip(tr("The libvirt hosts whose VMs are listed"));
    addAction(open);
    m_sideBar->addFoot(*open);
    connect(open, &QAction::triggered, this, [this] { (new ConnectionsDialog(m_context, this))->open(); });
}

void MainWindow::addSettings()
{
    auto* open = new QAction(tr("Settings…"), this);
    open->setObjectName(QStringLiteral("settings"));
    open->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_Comma));
    addAction(open);
    m_sideBar->addFoot(*open);
    connect(open, &QAction::triggered, this, [this] {
        const LoginStart login = LoginStart::of(m_context.folders);
        auto* dialog = new SettingsDialog(m_context.settings, login, this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog, &SettingsDialog::loginServiceRequested, this, [this, login](LoginServiceChange change) {
            submitWithRetry(m_context.jobs, [login, change] { return loginServiceJob(login.service, change); });
        });
        dialog->open();
    });
    connect(&m_context.settings, &Settings::changed, this, [this](const QString& key) {
        if (key == QLatin1String(setting::kTheme.key))
            Theme::current().apply(themeModeFromText(m_context.settings.value(setting::kTheme)));
    });
}

/// A dialog that closes leaves the keys to this window, where there is no window manager to see to it.
bool MainWindow::event(QEvent* event)
{
    const bool isHandled = QWidget::event(event);
    if (event->type() == QEvent::WindowUnblocked && QGuiApplication::applicationState() == Qt::ApplicationActive)
        activateWindow();
    return isHandled;
}

void MainWindow::paintEvent(QPaintEvent* event)
{
    QWidget::paintEvent(event);
    if (!std::exchange(m_isPainted, true))
        QTimer::singleShot(0, this, &MainWindow::painted); // what was painted goes to the screen first
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    m_context.settings.setValue(setting::kWindowGeometry, saveGeometry());
    event->accept();
}

} // namespace twinhull
