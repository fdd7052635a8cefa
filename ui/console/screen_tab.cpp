// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/screen_tab.h"

#include "core/workload/workload_connection.h"
#include "ui/console/screen_view.h"
#include "ui/console/screen_window.h"
#include "ui/jobs/retry.h"
#include "ui/widgets/error_text.h"
#include "ui/widgets/property_style.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QScreen>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr int kScreenTabGap = 8;
constexpr std::chrono::seconds kRetryAfter{ 1 };
constexpr int kMostAttempts = 3;
constexpr qsizetype kMostClipboard = 1 << 20;

constexpr std::uint32_t kControl = 0xffe3;
constexpr std::uint32_t kAlt = 0xffe9;
constexpr std::uint32_t kDelete = 0xffff;
constexpr std::uint32_t kBackspace = 0xff08;
constexpr std::uint32_t kPrint = 0xff61;
constexpr std::uint32_t kF1 = 0xffbe;
constexpr int kFunctionKeys = 12;

/// A job that is no longer of interest; this may be its own signal.
void drop(std::unique_ptr<Job>& job, QObject* listener)
{
    if (!job)
        return;
    job->disconnect(listener);
    job.release()->deleteLater();
}

} // namespace

MachineScreens* ScreenTab::screensOf(AppContext& context, const WorkloadInfo& info)
{
    auto* owner = dynamic_cast<HasMachineScreens*>(providerOf(context.workloads, info.id));
    return owner != nullptr && info.imageDigest.isEmpty() ? &owner->screens() : nullptr;
}

ScreenTab::ScreenTab(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_which(new QComboBox(this))
    , m_status(new QLabel(this))
    , m_fit(new QCheckBox(tr("Fit"), this))
    , m_keys(new QToolButton(this))
    , m_clipboard(new QToolButton(this))
    , m_stack(new QStackedWidget(this))
    , m_notice(new QLabel)
    , m_view(new ScreenView)
{
    setObjectName(QStringLiteral("screenTab"));
    setAccessibleName(tr("Screen"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kScreenTabGap, kScreenTabGap, kScreenTabGap, kScreenTabGap);
    layout->setSpacing(kScreenTabGap);
    layout->addWidget(makeBar());
    layout->addWidget(m_stack, 1);
    m_stack->addWidget(makeNotice());
    m_stack->addWidget(m_view);
    m_retry.setSingleShot(true);
    connect(&m_retry, &QTimer::timeout, this, &ScreenTab::read);
    connect(m_which, &QComboBox::activated, this, &ScreenTab::connectAgain);
    connect(m_fit, &QCheckBox::toggled, this,
        [this](bool isOn) { m_view->setScaling(isOn ? ScreenView::Scaling::Fit : ScreenView::Scaling::Actual); });
    connect(m_view, &ScreenView::heldChanged, this, [this](bool isHeld) {
        if (isHeld)
            giveClipboard();
        showState();
    });
    connect(m_view, &ScreenView::left, this, [this] {
        if (!m_window)
            m_full->setFocus(Qt::OtherFocusReason);
    });
    connect(m_view, &ScreenView::fullScreenWanted, this, &ScreenTab::toggleFullScreen);
    connect(QGuiApplication::clipboard(), &QClipboard::dataChanged, this, &ScreenTab::giveClipboard);
    showState();
}

ScreenTab::~ScreenTab()
{
    leaveFullScreen();
    m_view->disconnect(this);
    m_view->setLink(nullptr);
}

QPushButton* ScreenTab::makeButton(const QString& text, const QString& name, void (ScreenTab::*act)())
{
    auto* button = new QPushButton(text, this);
    button->setObjectName(name);
    connect(button, &QPushButton::clicked, this, act);
    return button;
}

QWidget* ScreenTab::makeBar()
{
    auto* bar = new QWidget;
    m_which->setObjectName(QStringLiteral("screenChoice"));
    m_which->setAccessibleName(tr("Which screen"));
    m_status->setObjectName(QStringLiteral("screenStatus"));
    m_status->setProperty("muted", true);
    m_status->setTextFormat(Qt::PlainText);
    m_fit->setObjectName(QStringLiteral("screenFit"));
    m_fit->setChecked(true);
    m_fit->setAccessibleName(tr("Scale the screen to fit"));
    m_fit->setToolTip(tr("Scaled to the room that is there; else each of its pixels is one here"));
    makeKeysMenu();
    makeClipboardMenu();
    m_viewer = makeButton(tr("Open in viewer"), QStringLiteral("screenViewer"), &ScreenTab::openViewer);
    m_viewer->setToolTip(tr("In virt-viewer or remote-viewer, where one is installed"));
    m_full = makeButton(tr("Full screen"), QStringLiteral("screenFull"), &ScreenTab::toggleFullScreen);
    m_full->setToolTip(tr("F11 leads there and back"));
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kScreenTabGap);
    layout->addWidget(m_which);
    layout->addWidget(m_status, 1);
    for (QWidget* widget : std::initializer_list<QWidget*>{ m_fit, m_keys, m_clipboard, m_viewer, m_full })
        layout->addWidget(widget);
    return bar;
}

QWidget* ScreenTab::makeNotice()
{
    auto* page = new QWidget;
    m_notice->setObjectName(QStringLiteral("screenNotice"));
    m_notice->setAlignment(Qt::AlignCenter);
    m_notice->setWordWrap(true);
    m_notice->setTextFormat(Qt::PlainText);
    m_again = makeButton(tr("Connect again"), QStringLiteral("screenAgain"), &ScreenTab::connectAgain);
    auto* layout = new QVBoxLayout(page);
    layout->setSpacing(kScreenTabGap);
    layout->addStretch();
    layout->addWidget(m_notice);
    layout->addWidget(m_again, 0, Qt::AlignCenter);
    layout->addStretch();
    return page;
}

/// What the person's own desktop keeps for itself, and F11, which is ours.
void ScreenTab::makeKeysMenu()
{
    m_keys->setObjectName(QStringLiteral("screenKeys"));
    m_keys->setText(tr("Press keys ▾"));
    m_keys->setAccessibleName(tr("Press keys"));
    m_keys->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(m_keys);
    const auto add = [this, menu](const QString& text, const std::vector<std::uint32_t>& symbols) {
        menu->addAction(text, m_view, [this, symbols] { m_view->pressTogether(symbols); });
    };
    add(tr("Ctrl+Alt+Delete"), { kControl, kAlt, kDelete });
    add(tr("Ctrl+Alt+Backspace"), { kControl, kAlt, kBackspace });
    menu->addSeparator();
    for (int key = 0; key < kFunctionKeys; ++key)
        add(tr("Ctrl+Alt+F%1").arg(key + 1), { kControl, kAlt, kF1 + static_cast<std::uint32_t>(key) });
    menu->addSeparator();
    add(tr("F11"), { kF1 + 10 });
    add(tr("Print"), { kPrint });
    m_keys->setMenu(menu);
}

void ScreenTab::makeClipboardMenu()
{
    m_clipboard->setObjectName(QStringLiteral("screenClipboard"));
    m_clipboard->setText(tr("Clipboard ▾"));
    m_clipboard->setAccessibleName(tr("Clipboard"));
    m_clipboard->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(m_clipboard);
    menu->setToolTipsVisible(true);
    const QString needs = tr("Text in Latin letters. The guest needs spice-vdagent and a channel for it.");
    const auto add = [menu, needs](const QString& text, const char* name) {
        auto* action = menu->addAction(text);
        action->setObjectName(QLatin1String(name));
        action->setCheckable(true);
        action->setToolTip(needs);
        return action;
    };
    m_give = add(tr("Let the guest see what is copied here"), "screenGive");
    m_take = add(tr("Take over what is copied in the guest"), "screenTake");
    connect(m_give, &QAction::toggled, this, &ScreenTab::giveClipboard);
    m_clipboard->setMenu(menu);
}

bool ScreenTab::isOn() const
{
    return m_info.state == WorkloadState::Running || m_info.state == WorkloadState::Paused
        || m_info.state == WorkloadState::Stopping
        || (m_info.state == WorkloadState::Unknown && m_link); // libvirt has gone, which QEMU does not mind
}

void ScreenTab::present(const WorkloadInfo& info)
{
    const bool isOther = info.id != m_info.id;
    const bool wasOn = isOn();
    m_info = info;
    m_view->setAccessibleName(tr("Screen of %1").arg(info.name));
    if (isOther) {
        disconnectScreen();
        drop(m_reading, this);
        m_screens.clear();
        m_isRead = false;
        m_which->clear();
    }
    if (!isOn())
        disconnectScreen();
    if (isOther || wasOn != isOn()) {
        m_attempts = 0;
        read();
    }
    showState();
}

void ScreenTab::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (!m_link)
        read();
}

void ScreenTab::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    m_retry.stop();
}

void ScreenTab::read()
{
    auto* screens = screensOf(m_context, m_info);
    if (screens == nullptr || m_info.id.key.isEmpty() || !isVisible())
        return;
    drop(m_reading, this);
    const auto found = std::make_shared<std::vector<MachineScreen>>();
    m_reading = screens->readScreens(m_info, found);
    connect(m_reading.get(), &Job::finished, this, [this, found, job = m_reading.get()] {
        if (job->state() == Job::State::Succeeded)
            fill(*found);
        else
            showNotice(errorParagraph(job->result().error()), true);
    });
    m_reading->start();
}

void ScreenTab::fill(const std::vector<MachineScreen>& screens)
{
    const int before = m_which->currentIndex();
    m_screens = screens;
    m_isRead = true;
    m_which->clear();
    for (const auto& each : screens)
        m_which->addItem(tr("Screen %1 (%2)").arg(each.index + 1).arg(each.type.toUpper()));
    if (before >= 0 && before < m_which->count())
        m_which->setCurrentIndex(before);
    connectScreen();
    showState();
}

const MachineScreen* ScreenTab::chosen() const
{
    const int index = m_which->currentIndex();
    return index >= 0 && static_cast<std::size_t>(index) < m_screens.size()
        ? &m_screens[static_cast<std::size_t>(index)]
        : nullptr;
}

void ScreenTab::connectScreen()
{
    const auto* one = chosen();
    auto* screens = screensOf(m_context, m_info);
    const bool isDone = m_link || m_opening;
    if (isDone || one == nullptr || screens == nullptr || one->kind != MachineScreen::Kind::Vnc || !isOn())
        return;
    const auto opened = std::make_shared<OpenedScreen>();
    m_opening = screens->openScreen(m_info, one->index, opened);
    connect(m_opening.get(), &Job::finished, this, [this, opened, job = m_opening.get()] {
        const bool isOpen = job->state() == Job::State::Succeeded;
        const QString problem = isOpen ? QString() : errorParagraph(job->result().error());
        drop(m_opening, this);
        if (isOpen)
            take(std::move(*opened));
        else
            showNotice(problem, true);
    });
    m_opening->start();
}

void ScreenTab::take(OpenedScreen opened)
{
    m_given.clear();
    m_link = std::make_unique<ScreenLink>(std::move(opened));
    connect(m_link.get(), &ScreenLink::resized, this, &ScreenTab::onReady);
    connect(m_link.get(), &ScreenLink::ended, this, &ScreenTab::onEnded);
    connect(m_link.get(), &ScreenLink::clipboardChanged, this, &ScreenTab::takeClipboard);
    m_view->setLink(m_link.get());
    showState();
}

void ScreenTab::onReady(const QSize& size)
{
    Q_UNUSED(size)
    m_attempts = 0;
    if (!m_window)
        m_stack->setCurrentWidget(m_view);
    showState();
}

/// A machine that starts anew has another server, and libvirt tells of that a little later.
void ScreenTab::onEnded(const Error& why)
{
    const QString reason = why.code == ErrorCode::Io
        ? tr("The connection to its screen ended: %1").arg(QString::fromStdString(why.message))
        : errorParagraph(why);
    leaveFullScreen();
    m_view->setLink(nullptr);
    m_link.release()->deleteLater(); // this is its own signal
    showState();
    if (!isOn())
        return;
    showNotice(reason, true);
    if (++m_attempts < kMostAttempts && isVisible() && why.code == ErrorCode::Io)
        m_retry.start(kRetryAfter);
}

void ScreenTab::disconnectScreen()
{
    m_retry.stop();
    drop(m_opening, this);
    leaveFullScreen();
    m_view->setLink(nullptr);
    m_link.reset();
}

void ScreenTab::connectAgain()
{
    disconnectScreen();
    m_attempts = 0;
    showState();
    read();
}

void ScreenTab::openViewer()
{
    const auto* one = chosen();
    if (auto* screens = screensOf(m_context, m_info); screens != nullptr && one != nullptr)
        submitWithRetry(m_context.jobs,
            [screens, info = m_info, index = one->index] { return screens->openInViewer(info, index); });
}

void ScreenTab::toggleFullScreen()
{
    if (m_window) {
        leaveFullScreen();
        return;
    }
    if (!m_link || !m_link->isReady())
        return;
    m_window = std::make_unique<ScreenWindow>(m_info.name, *m_view);
    connect(m_window.get(), &ScreenWindow::leaveWanted, this, &ScreenTab::leaveFullScreen, Qt::QueuedConnection);
    m_view->show();
    m_window->setGeometry(screen()->geometry()); // this one of several, and without a window manager, too
    m_window->showFullScreen();
    m_view->setFocus(Qt::OtherFocusReason);
    showNotice(tr("It is on the full screen."));
}

void ScreenTab::leaveFullScreen()
{
    if (!m_window)
        return;
    m_stack->addWidget(m_view);
    m_window.release()->deleteLater(); // this may be its own signal
    if (m_link)
        m_stack->setCurrentWidget(m_view);
    m_view->setFocus(Qt::OtherFocusReason);
    showState();
}

/// Only while the guest has the keyboard: a person who types elsewhere copies for elsewhere.
void ScreenTab::giveClipboard()
{
    if (!m_give->isChecked() || !m_link || !m_view->isHeld())
        return;
    const QString text = QGuiApplication::clipboard()->text();
    if (text.isEmpty() || text == m_given || text.size() > kMostClipboard)
        return;
    m_given = text;
    m_link->send(ScreenClipboard{ text.toLatin1() });
}

void ScreenTab::takeClipboard(const QString& text)
{
    if (!m_take->isChecked() || text.isEmpty() || text.size() > kMostClipboard)
        return;
    m_given = text;
    QGuiApplication::clipboard()->setText(text);
}

void ScreenTab::showNotice(const QString& text, bool isWarning)
{
    m_notice->setText(text);
    setStyleProperty(*m_notice, "warning", isWarning);
    setStyleProperty(*m_notice, "muted", !isWarning);
    m_again->setVisible(isWarning);
    m_stack->setCurrentIndex(0);
}

void ScreenTab::showState()
{
    const auto* one = chosen();
    const bool isReady = m_link && m_link->isReady() && !m_link->isEnded();
    const bool isForViewer = one != nullptr && one->kind != MachineScreen::Kind::Other && isOn();
    m_which->setVisible(m_screens.size() > 1);
    for (QWidget* widget : std::initializer_list<QWidget*>{ m_fit, m_keys, m_clipboard, m_full })
        widget->setEnabled(isReady);
    m_viewer->setEnabled(isForViewer);
    m_status->setToolTip({});
    if (isReady) {
        const QSize size = m_link->frame().size();
        const QString pixels = tr("%1 × %2").arg(size.width()).arg(size.height());
        m_status->setText(m_view->isHeld() ? tr("%1 · Ctrl+Alt gives the keyboard back").arg(pixels)
                                           : tr("%1 · click into it to type").arg(pixels));
        if (one != nullptr && one->heads > 1)
            m_status->setToolTip(tr("The guest can have %1 screens; VNC shows the first.").arg(one->heads));
        else if (one != nullptr && !one->hasTablet)
            m_status->setToolTip(
                tr("Its mouse moves by steps. With a tablet (Hardware, Add) the pointer is where yours is."));
        return;
    }
    m_status->setText({});
    if (!isOn())
        showNotice(tr("It is off. Its screen is here while it runs."));
    else if (m_isRead && m_screens.empty())
        showNotice(tr("It has no screen. Hardware, Add hardware, Screen gives it one after its next start."));
    else if (m_isRead && one != nullptr && one->kind != MachineScreen::Kind::Vnc)
        showNotice(tr("This screen speaks %1, which a viewer shows: Open in viewer.").arg(one->type.toUpper()));
    else if (m_link || m_opening || !m_isRead)
        showNotice(tr("Connecting…"));
}

} // namespace twinhull
