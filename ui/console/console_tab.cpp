// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/console_tab.h"

#include "core/workload/workload_connection.h"
#include "ui/console/console_screen.h"
#include "ui/console/terminal_session.h"
#include "ui/console/terminal_view.h"
#include "ui/jobs/retry.h"
#include "ui/widgets/error_text.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>

#include <algorithm>

namespace twinhull {

namespace {

constexpr int kConsoleGap = 8;

QLabel* makeConsoleLabel(const char* name)
{
    auto* label = new QLabel;
    label->setObjectName(QLatin1String(name));
    label->setProperty("muted", true);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

} // namespace

MachineConsoles* ConsoleTab::consolesOf(AppContext& context, const WorkloadInfo& info)
{
    auto* owner = dynamic_cast<HasMachineConsoles*>(providerOf(context.workloads, info.id));
    return owner != nullptr ? &owner->consoles() : nullptr;
}

ConsoleTab::ConsoleTab(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_devices(new QComboBox)
    , m_status(makeConsoleLabel("consoleStatus"))
    , m_stack(new QStackedWidget)
    , m_notice(makeConsoleLabel("consoleNotice"))
{
    setObjectName(QStringLiteral("consoleTab"));
    setAccessibleName(tr("Console"));
    m_notice->setAlignment(Qt::AlignCenter);
    m_stack->addWidget(m_notice);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kConsoleGap, kConsoleGap, kConsoleGap, 0);
    layout->setSpacing(kConsoleGap);
    layout->addWidget(makeBar());
    layout->addWidget(m_stack, 1);
    m_openTimer.setSingleShot(true);
    m_openTimer.setInterval(kOpenDelay);
    connect(&m_openTimer, &QTimer::timeout, this, &ConsoleTab::openLooked);
    connect(&context.workloads, &WorkloadRegistry::changed, this, &ConsoleTab::noteChange);
    connect(&context.workloads, &WorkloadRegistry::removed, this, &ConsoleTab::forget);
    presentState();
}

QPushButton* ConsoleTab::makeButton(const QString& name)
{
    auto* button = new QPushButton(this);
    button->setObjectName(name);
    return button;
}

QWidget* ConsoleTab::makeBar()
{
    auto* bar = new QWidget;
    m_devices->setObjectName(QStringLiteral("consoleDevice"));
    m_devices->setAccessibleName(tr("Serial port or console"));
    m_devices->setToolTip(TerminalSession::keysHint());
    m_takeOver = makeButton(QStringLiteral("consoleTakeOver"));
    m_takeOver->setText(tr("Take over"));
    m_takeOver->setAccessibleName(tr("Take the console over"));
    m_takeOver->setToolTip(tr("The other loses it"));
    m_act = makeButton(QStringLiteral("consoleAct"));
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kConsoleGap);
    layout->addWidget(m_devices);
    layout->addWidget(m_status, 1);
    layout->addWidget(m_takeOver);
    layout->addWidget(m_act);
    connect(m_devices, &QComboBox::currentIndexChanged, this, &ConsoleTab::showChosen);
    connect(m_act, &QPushButton::clicked, this, &ConsoleTab::act);
    connect(m_takeOver, &QPushButton::clicked, this, [this] {
        if (auto* screen = current(); screen != nullptr && screen->state() == ConsoleScreen::State::InUse)
            screen->open(ConsoleTakeover::Yes);
    });
    return bar;
}

void ConsoleTab::present(const WorkloadInfo& info)
{
    const bool isOther = info.id != m_info.id;
    const bool isNews = isOther || info.state != m_info.state;
    m_info = info;
    noteChange(info);
    if (isOther) {
        m_openTimer.stop();
        m_isRead = false;
        m_problem.clear();
        m_consoles.clear();
        const QSignalBlocker blocker(m_devices);
        m_devices->clear();
    }
    if (isNews)
        read();
    showChosen();
}

void ConsoleTab::noteChange(const WorkloadInfo& info)
{
    for (auto* screen : m_screens) {
        if (screen->machine().id == info.id)
            screen->setMachine(info);
    }
}

void ConsoleTab::forget(const WorkloadId& id)
{
    const auto gone = std::stable_partition(
        m_screens.begin(), m_screens.end(), [&id](const ConsoleScreen* screen) { return screen->machine().id != id; });
    std::for_each(gone, m_screens.end(), [](ConsoleScreen* screen) { delete screen; });
    m_screens.erase(gone, m_screens.end());
    presentState();
}

/// Its hardware may be another meanwhile.
void ConsoleTab::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    read();
    showChosen();
}

void ConsoleTab::read()
{
    auto* consoles = consolesOf(m_context, m_info);
    if (consoles == nullptr || m_info.id.key.isEmpty())
        return;
    if (m_reading && !m_reading->isFinished()) {
        m_isStale = true;
        return;
    }
    m_isStale = false;
    const auto found = std::make_shared<std::vector<MachineConsole>>();
    if (m_reading)
        m_reading.release()->deleteLater(); // this may be its own signal
    m_reading = consoles->list(m_info, found);
    connect(m_reading.get(), &Job::finished, this, [this, found, id = m_info.id, job = m_reading.get()] {
        if (m_isStale || id != m_info.id) {
            QMetaObject::invokeMethod(this, &ConsoleTab::read, Qt::QueuedConnection);
            return;
        }
        const bool isKnown = job->state() == Job::State::Succeeded;
        m_problem = isKnown ? QString() : errorParagraph(job->result().error());
        if (isKnown)
            fill(*found);
        showChosen();
    });
    m_reading->start();
}

/// The one that was chosen stays chosen; else the first that can be opened is.
void ConsoleTab::fill(const std::vector<MachineConsole>& consoles)
{
    const auto* before = chosen();
    const QString alias = before != nullptr ? before->alias : QString();
    m_isRead = true;
    m_consoles = consoles;
    const QSignalBlocker blocker(m_devices);
    m_devices->clear();
    for (const auto& each : m_consoles)
        m_devices->addItem(each.title);
    auto found = std::find_if(
        m_consoles.begin(), m_consoles.end(), [&alias](const MachineConsole& each) { return each.alias == alias; });
    if (found == m_consoles.end())
        found = std::find_if(
            m_consoles.begin(), m_consoles.end(), [](const MachineConsole& each) { return each.refusal.isEmpty(); });
    m_devices->setCurrentIndex(found == m_consoles.end() ? 0 : static_cast<int>(found - m_consoles.begin()));
}

const MachineConsole* ConsoleTab::chosen() const
{
    const auto index = static_cast<std::size_t>(m_devices->currentIndex());
    return index < m_consoles.size() ? &m_consoles[index] : nullptr;
}

ConsoleScreen* ConsoleTab::current() const
{
    const auto* console = chosen();
    const auto found = std::find_if(m_screens.begin(), m_screens.end(), [&](const ConsoleScreen* screen) {
        return console != nullptr && screen->machine().id == m_info.id && screen->console().alias == console->alias;
    });
    return found == m_screens.end() ? nullptr : *found;
}

ConsoleScreen* ConsoleTab::screenOf(const MachineConsole& console)
{
    auto* screen = current();
    if (screen == nullptr) {
        if (m_screens.size() >= kMostScreens) {
            delete m_screens.front();
            m_screens.erase(m_screens.begin());
        }
        screen = new ConsoleScreen(*consolesOf(m_context, m_info), m_info, console, m_stack);
        m_stack->addWidget(screen);
        connect(screen, &ConsoleScreen::changed, this, &ConsoleTab::presentState);
        connect(screen->view(), &TerminalView::left, m_devices,
            [this] { (m_devices->isVisible() ? static_cast<QWidget*>(m_devices) : m_act)->setFocus(); });
        m_screens.push_back(screen);
    }
    const auto at = std::find(m_screens.begin(), m_screens.end(), screen);
    std::rotate(at, at + 1, m_screens.end());
    return screen;
}

void ConsoleTab::showChosen()
{
    const auto* console = chosen();
    if (console != nullptr && console->refusal.isEmpty() && ConsoleScreen::canBeOpen(m_info) && isVisible()) {
        (void)screenOf(*console);
        if (!m_openTimer.isActive())
            m_openTimer.start();
    } else {
        m_openTimer.stop();
    }
    presentState();
}

void ConsoleTab::openLooked()
{
    if (auto* screen = current(); screen != nullptr && isVisible())
        screen->connectIfWanted();
}

QString ConsoleTab::whyNone() const
{
    if (!m_problem.isEmpty())
        return m_problem;
    if (!m_isRead)
        return tr("Reading what consoles there are…");
    const auto* console = chosen();
    if (console == nullptr)
        return tr("%1 has no serial port. Add one under Hardware: Add hardware, Serial port.").arg(m_info.name);
    if (!console->refusal.isEmpty())
        return console->refusal;
    if (ConsoleScreen::canBeOpen(m_info))
        return {};
    if (m_info.state == WorkloadState::Unknown && !m_info.stateReason.isEmpty())
        return m_info.stateReason;
    if (m_info.state == WorkloadState::Starting)
        return tr("%1 is starting.").arg(m_info.name);
    return m_info.capabilities.testFlag(Capability::Start)
        ? tr("%1 does not run. Start it to see its console.").arg(m_info.name)
        : tr("%1 does not run.").arg(m_info.name);
}

void ConsoleTab::presentState()
{
    auto* screen = current();
    const QString why = whyNone();
    const bool isShown = screen != nullptr && (why.isEmpty() || screen->hasText());
    m_notice->setText(why);
    m_stack->setCurrentWidget(isShown ? static_cast<QWidget*>(screen) : m_notice);
    m_devices->setVisible(!m_consoles.empty());
    m_devices->setEnabled(m_consoles.size() > 1);
    QString status;
    if (isShown && !ConsoleScreen::canBeOpen(m_info))
        status = m_info.state == WorkloadState::Unknown
            ? why
            : tr("%1 does not run. This is what it said last.").arg(m_info.name);
    else if (isShown && !screen->notice().isEmpty())
        status = screen->notice();
    else if (isShown && screen->state() == ConsoleScreen::State::Opening)
        status = tr("Opening…");
    else if (isShown && screen->state() == ConsoleScreen::State::Open)
        status = screen->hasText() ? tr("Connected") : tr("Connected. Where nothing comes, press Return.");
    else if (isShown)
        status = tr("Not connected");
    m_status->setText(status);
    presentButtons(isShown ? screen : nullptr);
}

void ConsoleTab::presentButtons(const ConsoleScreen* screen)
{
    using State = ConsoleScreen::State;
    const bool isRunning = ConsoleScreen::canBeOpen(m_info);
    const bool canStart = !isRunning && m_info.capabilities.testFlag(Capability::Start);
    const bool isHeld = screen != nullptr && (screen->state() == State::Open || screen->state() == State::Opening);
    m_takeOver->setVisible(isRunning && screen != nullptr && screen->state() == State::InUse);
    m_act->setVisible(canStart || (isRunning && screen != nullptr));
    m_act->setText(canStart ? tr("Start") : isHeld ? tr("Disconnect") : tr("Connect"));
    m_act->setAccessibleName(canStart ? tr("Start %1").arg(m_info.name)
            : isHeld                  ? tr("Disconnect the console")
                                      : tr("Connect the console"));
    m_act->setToolTip(isHeld ? tr("Leaves the console to others; the machine runs on") : QString());
}

void ConsoleTab::act()
{
    using State = ConsoleScreen::State;
    if (!ConsoleScreen::canBeOpen(m_info)) {
        auto* provider = providerOf(m_context.workloads, m_info.id);
        if (provider != nullptr && m_info.capabilities.testFlag(Capability::Start))
            submitWithRetry(m_context.jobs, [provider, id = m_info.id] { return provider->start(id); });
        return;
    }
    auto* screen = current();
    if (screen == nullptr)
        return;
    if (screen->state() == State::Open || screen->state() == State::Opening) {
        screen->letGo();
        return;
    }
    screen->open(ConsoleTakeover::No);
    screen->view()->setFocus();
}

} // namespace twinhull
