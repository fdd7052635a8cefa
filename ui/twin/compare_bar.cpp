// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/compare_bar.h"

#include "ui/metrics/chart_palette.h"
#include "ui/twin/compared_workload.h"
#include "ui/metrics/workload_label.h"

#include <QHBoxLayout>
#include <QIcon>
#include <QMenu>
#include <QPainter>
#include <QPixmap>
#include <QPushButton>
#include <QToolButton>

#include <algorithm>

namespace twinhull {

namespace {

constexpr int kGap = 8;
constexpr int kSquare = 10;

QIcon squareIcon(const QColor& color)
{
    QPixmap square(2 * kSquare, 2 * kSquare);
    square.fill(Qt::transparent);
    QPainter painter(&square);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawRoundedRect(square.rect(), 4, 4);
    return QIcon(square);
}

QToolButton* makeButton(const QString& text, const char* objectName)
{
    auto* button = new QToolButton;
    button->setText(text);
    button->setObjectName(QLatin1String(objectName));
    button->setAccessibleName(text);
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}

} // namespace

CompareBar::CompareBar(const WorkloadRegistry& workloads, QWidget* parent)
    : QWidget(parent)
    , m_workloads(workloads)
    , m_add(makeButton(tr("Add workload \u25be"), "compareAdd"))
    , m_addMenu(new QMenu(m_add))
    , m_chipRow(new QHBoxLayout)
{
    auto* run = new QPushButton(tr("Run comparison\u2026"));
    run->setProperty("primary", true);
    run->setObjectName(QStringLiteral("compareRun"));
    connect(run, &QPushButton::clicked, this, &CompareBar::runRequested);
    m_add->setMenu(m_addMenu);
    connect(m_addMenu, &QMenu::aboutToShow, this, &CompareBar::fillAddMenu);
    m_add->setPopupMode(QToolButton::InstantPopup);
    m_add->setAccessibleName(tr("Add workload"));
    auto* reports = makeButton(tr("Reports\u2026"), "compareReports");
    reports->setToolTip(tr("Opens a comparison that was made before, or lays two side by side."));
    connect(reports, &QToolButton::clicked, this, &CompareBar::reportsRequested);
    auto* exportButton = makeButton(tr("Export \u25be"), "compareExport");
    exportButton->setAccessibleName(tr("Export"));
    exportButton->setMenu(makeExportMenu());
    exportButton->setPopupMode(QToolButton::InstantPopup);

    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kGap);
    m_chipRow->setSpacing(kGap);
    layout->addWidget(run);
    layout->addWidget(m_add);
    layout->addLayout(m_chipRow);
    layout->addStretch(1);
    layout->addWidget(reports);
    layout->addWidget(exportButton);
}

QMenu* CompareBar::makeExportMenu()
{
    auto* menu = new QMenu(this);
    const auto add = [this, menu](const QString& text, CompareExport what) {
        QAction* action = menu->addAction(text);
        connect(action, &QAction::triggered, this, [this, what] { Q_EMIT exportRequested(what); });
        return action;
    };
    add(tr("Picture (PNG)\u2026"), CompareExport::Picture);
    add(tr("Readings (CSV)\u2026"), CompareExport::ReadingsCsv);
    add(tr("Readings (JSON)\u2026"), CompareExport::ReadingsJson);
    menu->addSeparator();
    m_reportActions = { add(tr("Report of the comparison run (HTML)\u2026"), CompareExport::ReportHtml),
        add(tr("Report of the comparison run (JSON)\u2026"), CompareExport::ReportJson),
        add(tr("Report of the comparison run (CSV)\u2026"), CompareExport::ReportCsv),
        add(tr("Report of the comparison run (PNG)\u2026"), CompareExport::ReportPicture) };
    setReportAvailable(false);
    return menu;
}

void CompareBar::setReportAvailable(bool isAvailable)
{
    for (QAction* action : m_reportActions)
        action->setEnabled(isAvailable);
}

QToolButton* CompareBar::makeChip(const WorkloadInfo& info, int ordinal)
{
    auto* chip = makeButton(u' ' + labelOf(info) + QStringLiteral("  \u00d7"), "compareChip");
    chip->setProperty("chip", true);
    chip->setIcon(squareIcon(chartColor(info.id.kind, ordinal)));
    chip->setIconSize({ kSquare, kSquare });
    chip->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    chip->setAccessibleName(tr("Remove %1").arg(labelOf(info)));
    chip->setToolTip(tr("Take %1 off the plots").arg(labelOf(info)));
    connect(chip, &QToolButton::clicked, this, [this, id = info.id] { Q_EMIT removeRequested(id); });
    return chip;
}

void CompareBar::setChosen(const std::vector<WorkloadInfo>& chosen)
{
    for (QToolButton* chip : m_chips)
        chip->deleteLater();
    m_chips.clear();
    m_chosen.clear();
    int ordinals[] = { 0, 0 };
    for (const WorkloadInfo& info : chosen) {
        m_chosen.push_back(info.id);
        m_chips.push_back(makeChip(info, ordinals[static_cast<int>(info.id.kind)]++));
        m_chipRow->addWidget(m_chips.back());
    }
}

/// When it is opened: of a thousand workloads it would be made again at every change of one.
void CompareBar::fillAddMenu()
{
    m_addMenu->clear();
    for (const WorkloadInfo& info : m_workloads.workloads()) {
        if (std::find(m_chosen.begin(), m_chosen.end(), info.id) != m_chosen.end())
            continue;
        QAction* action = m_addMenu->addAction(squareIcon(chartColor(info.id.kind, 0)), labelOf(info));
        connect(action, &QAction::triggered, this, [this, id = info.id] { Q_EMIT addRequested(id); });
    }
    if (m_addMenu->isEmpty())
        m_addMenu->addAction(tr("No other workload"))->setEnabled(false);
}

} // namespace twinhull
