// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/time_bar.h"

#include "ui/metrics/range_dialog.h"

#include <QActionGroup>
#include <QHBoxLayout>
#include <QMenu>
#include <QToolButton>

namespace twinhull {

namespace {

QToolButton* makeTimeButton(const QString& text, const QString& name, const char* objectName)
{
    auto* button = new QToolButton;
    button->setText(text);
    button->setObjectName(QLatin1String(objectName));
    button->setAccessibleName(name);
    button->setToolTip(name);
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}

} // namespace

TimeBar::TimeBar(SeriesSource& source, const WorkloadRegistry& workloads, QWidget* parent)
    : QWidget(parent)
    , m_source(source)
    , m_workloads(workloads)
    , m_more(makeTimeButton({}, tr("Other times"), "timeMore"))
    , m_live(makeTimeButton(tr("Live"), tr("Follow what is read now"), "timeLive"))
{
    using namespace std::chrono_literals;
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2);
    const std::tuple<QString, QString, std::chrono::seconds> spans[]
        = { { tr("1 m"), tr("Last minute"), 1min }, { tr("10 m"), tr("Last 10 minutes"), 10min },
              { tr("1 h"), tr("Last hour"), 1h }, { tr("1 d"), tr("Last day"), 24h } };
    for (const auto& [text, name, span] : spans) {
        auto* button = makeTimeButton(text, name, "compareSpan");
        button->setProperty("flat", true);
        button->setCheckable(true);
        row->addWidget(button);
        m_spans.emplace_back(button, span);
        connect(button, &QToolButton::clicked, this, [this, length = span] { m_source.view().setSpan(length); });
    }
    m_more->setProperty("flat", true);
    m_more->setMenu(makeMenu());
    m_more->setPopupMode(QToolButton::InstantPopup);
    m_live->setCheckable(true);
    row->addWidget(m_more);
    row->addSpacing(4);
    row->addWidget(m_live);
    connect(m_live, &QToolButton::clicked, this, [this] { m_source.view().goLive(); });
    connect(&m_source.view(), &TimeView::changed, this, &TimeBar::showView);
    connect(&m_source, &SeriesSource::changed, this, &TimeBar::showOverlay);
    showView();
}

QMenu* TimeBar::makeMenu()
{
    using namespace std::chrono_literals;
    auto* menu = new QMenu(this);
    const std::tuple<QString, QString, std::chrono::seconds> spans[] = { { tr("6 hours"), tr("6 h"), 6h },
        { tr("7 days"), tr("7 d"), 7 * 24h }, { tr("30 days"), tr("30 d"), 30 * 24h } };
    for (const auto& [text, brief, span] : spans) {
        QAction* action = menu->addAction(text);
        action->setCheckable(true);
        action->setData(brief); // the bar has no room for more
        m_longSpans.emplace_back(action, span);
        connect(action, &QAction::triggered, this, [this, length = span] { m_source.view().setSpan(length); });
    }
    menu->addSection(tr("Lay over it"));
    auto* group = new QActionGroup(menu);
    const std::pair<QString, Overlay> overlays[] = { { tr("Nothing"), Overlay::None },
        { tr("The same length before"), Overlay::LengthBefore }, { tr("The day before"), Overlay::DayBefore } };
    for (const auto& [text, overlay] : overlays) {
        QAction* action = menu->addAction(text);
        group->addAction(action);
        m_overlays.emplace_back(action, overlay);
        connect(action, &QAction::triggered, this, [this, other = overlay] { m_source.setOverlay(other); });
    }
    QAction* chosen = menu->addAction(tr("Another time or workload\u2026"));
    group->addAction(chosen);
    m_overlays.emplace_back(chosen, Overlay::Chosen);
    connect(chosen, &QAction::triggered, this, &TimeBar::chooseRanges);
    for (const auto& [action, overlay] : m_overlays)
        action->setCheckable(true);
    showOverlay();
    return menu;
}

void TimeBar::showOverlay()
{
    for (const auto& [action, overlay] : m_overlays)
        action->setChecked(overlay == m_source.overlay());
}

void TimeBar::chooseRanges()
{
    showOverlay(); // a menu checks what was clicked
    auto* dialog = new RangeDialog(m_source, m_workloads, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

/// A length that a person zoomed to is none of the buttons'.
void TimeBar::showView()
{
    const std::chrono::nanoseconds length(m_source.view().lengthNanoseconds());
    for (const auto& [button, span] : m_spans)
        button->setChecked(span == length);
    QString chosen = tr("Time");
    for (const auto& [action, span] : m_longSpans) {
        action->setChecked(span == length);
        if (span == length)
            chosen = action->data().toString();
    }
    m_more->setText(chosen + QStringLiteral(" \u25be"));
    m_live->setChecked(m_source.view().isLive());
    m_live->setAccessibleDescription(
        m_source.view().isLive() ? tr("The charts follow") : tr("The charts stand still in the past"));
}

} // namespace twinhull
