// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/screen_window.h"

#include "ui/console/screen_view.h"

#include <QCloseEvent>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QMouseEvent>
#include <QPushButton>

namespace twinhull {

namespace {

constexpr std::chrono::seconds kStripTime{ 4 };

} // namespace

ScreenWindow::ScreenWindow(const QString& machine, ScreenView& view) : m_strip(new QFrame(this))
{
    setObjectName(QStringLiteral("screenWindow"));
    setWindowTitle(tr("Screen of %1").arg(machine));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(&view);
    m_strip->setObjectName(QStringLiteral("screenStrip"));
    m_strip->setProperty("card", true);
    m_strip->setAutoFillBackground(true);
    auto* name = new QLabel(machine);
    name->setTextFormat(Qt::PlainText);
    name->setProperty("strong", true);
    auto* hint = new QLabel(tr("Ctrl+Alt gives the keyboard back"));
    hint->setProperty("muted", true);
    auto* leave = new QPushButton(tr("Leave full screen (F11)"));
    leave->setObjectName(QStringLiteral("screenLeave"));
    leave->setFocusPolicy(Qt::NoFocus); // the guest keeps the keyboard
    connect(leave, &QPushButton::clicked, this, &ScreenWindow::leaveWanted);
    auto* row = new QHBoxLayout(m_strip);
    row->setContentsMargins(12, 6, 12, 6);
    row->setSpacing(12);
    for (QWidget* each : std::initializer_list<QWidget*>{ name, hint, leave })
        row->addWidget(each);
    m_hiding.setSingleShot(true);
    connect(&m_hiding, &QTimer::timeout, m_strip, &QWidget::hide);
    connect(&view, &ScreenView::heldChanged, this, [this](bool isHeld) {
        if (!isHeld)
            showStrip();
    });
    view.viewport()->installEventFilter(this);
    showStrip();
}

bool ScreenWindow::eventFilter(QObject* watched, QEvent* event)
{
    constexpr double kTopEdge = 2;
    if (event->type() == QEvent::MouseMove && static_cast<QMouseEvent*>(event)->position().y() < kTopEdge)
        showStrip();
    return QWidget::eventFilter(watched, event);
}

void ScreenWindow::closeEvent(QCloseEvent* event)
{
    event->ignore(); // the view lives on elsewhere
    Q_EMIT leaveWanted();
}

void ScreenWindow::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    placeStrip();
}

void ScreenWindow::showStrip()
{
    placeStrip();
    m_strip->show();
    m_strip->raise();
    m_hiding.start(kStripTime);
}

void ScreenWindow::placeStrip()
{
    m_strip->adjustSize();
    m_strip->move((width() - m_strip->width()) / 2, 0);
}

} // namespace twinhull
