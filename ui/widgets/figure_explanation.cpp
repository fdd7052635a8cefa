// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/figure_explanation.h"

#include "ui/theme/theme.h"

#include <QAction>
#include <QApplication>
#include <QLabel>
#include <QPainter>
#include <QScreen>
#include <QScrollArea>
#include <QStyle>
#include <QVBoxLayout>

#include <algorithm>

namespace twinhull {

namespace {

constexpr int kSheetWidth = 420;
constexpr int kTallestSheet = 480; ///< beyond that it scrolls
constexpr int kSheetSide = 16;
constexpr int kSheetGap = 4;
constexpr int kCircle = 14;

QLabel* makeLine(const QString& text, const char* property, QWidget& content)
{
    auto* label = new QLabel(text, &content);
    label->setTextFormat(Qt::PlainText); // names of workloads are strangers'
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    if (property != nullptr)
        label->setProperty(property, true);
    return label;
}

QString spokenFigures(const FigureExplanations& figures)
{
    QStringList texts;
    for (const FigureExplanation& figure : figures) {
        QStringList parts{ figure.name, figure.value, figure.text };
        parts.removeAll(QString());
        texts << parts.join(QStringLiteral(". "));
    }
    return texts.join(u'\n');
}

} // namespace

FigurePopover::FigurePopover(const FigureExplanations& figures, QWidget& anchor)
    : QFrame(&anchor, Qt::Popup), m_content(new QWidget), m_focus(QApplication::focusWidget())
{
    setObjectName(QStringLiteral("figurePopover"));
    setAccessibleName(tr("What this figure is"));
    setAttribute(Qt::WA_DeleteOnClose);
    setProperty("card", true);
    m_content->setProperty("surface", true);
    auto* lines = new QVBoxLayout(m_content);
    lines->setContentsMargins(kSheetSide, 12, kSheetSide, 12);
    lines->setSpacing(kSheetGap);
    for (const FigureExplanation& figure : figures)
        addBlock(*m_content, figure);
    auto* scroll = new QScrollArea(this);
    scroll->setObjectName(QStringLiteral("figurePopoverText"));
    scroll->setAccessibleName(spokenFigures(figures));
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::StrongFocus); // its keys scroll
    scroll->setWidget(m_content);
    scroll->setFocus();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(1, 1, 1, 1);
    layout->addWidget(scroll);
}

void FigurePopover::addBlock(QWidget& content, const FigureExplanation& figure)
{
    QLayout* lines = content.layout();
    if (lines->count() > 0)
        static_cast<QVBoxLayout*>(lines)->addSpacing(3 * kSheetGap);
    lines->addWidget(makeLine(figure.name, "strong", content));
    if (!figure.value.isEmpty())
        lines->addWidget(makeLine(figure.value, nullptr, content));
    if (!figure.text.isEmpty())
        lines->addWidget(makeLine(figure.text, "muted", content));
}

void FigurePopover::open(const FigureExplanations& figures, QWidget& anchor, const QRect& area)
{
    if (figures.empty())
        return;
    auto* popover = new FigurePopover(figures, anchor);
    popover->place(anchor, area);
    popover->show();
}

/// Below, or above where there is no room below.
void FigurePopover::place(const QWidget& anchor, const QRect& area)
{
    ensurePolished();
    const QRect screen = anchor.screen()->availableGeometry();
    const int inside = kSheetWidth - 2 - style()->pixelMetric(QStyle::PM_ScrollBarExtent);
    const int wanted = m_content->layout()->totalHeightForWidth(inside) + 2;
    const QSize size(kSheetWidth, std::min({ wanted, kTallestSheet, screen.height() }));
    const QRect asked(anchor.mapToGlobal(area.topLeft()), area.size());
    int top = asked.bottom() + kSheetGap;
    if (top + size.height() > screen.bottom() && asked.top() - kSheetGap - size.height() >= screen.top())
        top = asked.top() - kSheetGap - size.height();
    const int left = std::clamp(asked.left(), screen.left(), std::max(screen.left(), screen.right() - size.width()));
    top = std::clamp(top, screen.top(), std::max(screen.top(), screen.bottom() - size.height()));
    setGeometry(QRect(QPoint(left, top), size));
}

void FigurePopover::closeEvent(QCloseEvent* event)
{
    QFrame::closeEvent(event);
    if (m_focus)
        m_focus->setFocus(Qt::PopupFocusReason);
}

QAction* addExplainAction(QWidget& widget, std::function<void()> explain)
{
    auto* action = new QAction(FigurePopover::tr("What is this figure?"), &widget);
    action->setObjectName(QStringLiteral("explainFigure"));
    action->setShortcut(QKeySequence(Qt::SHIFT | Qt::Key_F1));
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    QObject::connect(action, &QAction::triggered, &widget, std::move(explain));
    widget.addAction(action);
    return action;
}

QAction* addExplainAction(QWidget& widget, AskFigures ask)
{
    return addExplainAction(widget,
        std::function<void()>([&widget, ask = std::move(ask)] { FigurePopover::open(ask(), widget, widget.rect()); }));
}

ExplainButton::ExplainButton(AskFigures ask, QWidget* parent) : QAbstractButton(parent)
{
    setObjectName(QStringLiteral("explainButton"));
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setToolTip(tr("What is this figure?"));
    setFigureName({});
    connect(this, &QAbstractButton::clicked, this,
        [this, ask = std::move(ask)] { FigurePopover::open(ask(), *this, rect()); });
}

void ExplainButton::setFigureName(const QString& name)
{
    setAccessibleName(name.isEmpty() ? tr("What is this figure?") : tr("What is %1?").arg(name));
}

void ExplainButton::setPainted(bool isPainted)
{
    m_isPainted = isPainted;
}

QSize ExplainButton::sizeHint() const
{
    return { kCircle + 2, kCircle + 2 };
}

void ExplainButton::paintEvent(QPaintEvent*)
{
    if (!m_isPainted)
        return;
    const bool isActive = hasFocus() || underMouse() || isDown();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Theme::current().color(isActive ? ThemeColor::Accent : ThemeColor::TextMuted));
    QFont font = Theme::current().smallFont();
    font.setPixelSize(10);
    font.setBold(true);
    painter.setFont(font);
    QRectF circle(0, 0, kCircle, kCircle);
    circle.moveCenter(QRectF(rect()).center());
    painter.drawEllipse(circle.adjusted(0.5, 0.5, -0.5, -0.5));
    painter.drawText(circle, Qt::AlignCenter, QStringLiteral("i"));
}

} // namespace twinhull
