// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/processes_tab.h"

#include "core/base/clock.h"
#include "core/jobs/thread_job.h"
#include "ui/jobs/retry.h"
#include "ui/metrics/units.h"
#include "ui/widgets/figure_text.h"
#include "ui/widgets/tool_tip.h"

#include <QAction>
#include <QCoreApplication>
#include <QHeaderView>
#include <QLocale>
#include <QPointer>
#include <QThreadPool>

#include <algorithm>
#include <csignal>

namespace twinhull {

namespace {

constexpr std::chrono::seconds kReadInterval{ 2 };
constexpr int kCommandColumn = 6;

} // namespace

ProcessesTab::ProcessesTab(AppContext& context, QWidget* parent)
    : QTableWidget(0, kCommandColumn + 1, parent), m_context(context)
{
    setObjectName(QStringLiteral("processesTable"));
    setAccessibleName(tr("Processes"));
    setHorizontalHeaderLabels(
        { tr("PID inside"), tr("PID here"), tr("User"), tr("State"), tr("CPU"), tr("Memory"), tr("Command") });
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(26);
    horizontalHeader()->setStretchLastSection(true);
    horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    horizontalHeader()->setHighlightSections(false);
    setShowGrid(false);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setContextMenuPolicy(Qt::ActionsContextMenu);
    setProperty("figures", true);
    addSignal(tr("Ask it to end (SIGTERM)"), SIGTERM);
    addSignal(tr("End it at once (SIGKILL)"), SIGKILL);
    m_timer.setInterval(kReadInterval);
    connect(&m_timer, &QTimer::timeout, this, &ProcessesTab::readSoon);
}

void ProcessesTab::addSignal(const QString& text, int signalNumber)
{
    auto* action = new QAction(text, this);
    addAction(action);
    connect(action, &QAction::triggered, this, [this, signalNumber] { signalChosen(signalNumber); });
}

void ProcessesTab::present(const WorkloadInfo& info)
{
    const bool isOther = info.id != m_info.id;
    m_info = info;
    if (isOther) {
        m_seen.clear();
        fill({});
    }
    readSoon();
}

void ProcessesTab::showEvent(QShowEvent* event)
{
    QTableWidget::showEvent(event);
    m_timer.start();
    readSoon();
}

void ProcessesTab::hideEvent(QHideEvent* event)
{
    QTableWidget::hideEvent(event);
    m_timer.stop();
}

void ProcessesTab::readSoon()
{
    if (m_isReading || !isVisible())
        return;
    m_isReading = true;
    QThreadPool::globalInstance()->start([self = QPointer<ProcessesTab>(this), info = m_info] {
        auto processes = insideProcesses(info.footprint);
        QMetaObject::invokeMethod(QCoreApplication::instance(), [self, id = info.id, processes = std::move(processes)] {
            if (!self)
                return;
            self->m_isReading = false;
            if (id == self->m_info.id)
                self->fill(processes);
        });
    });
}

/// Of the time between two looks; nothing at the first.
QString ProcessesTab::cpuOf(const InsideProcess& process, std::int64_t now)
{
    const auto before = m_seen.find(process.pid);
    if (before == m_seen.end() || now <= before->second.monotonicNanoseconds
        || process.cpuNanoseconds < before->second.cpuNanoseconds)
        return noFigureText();
    const double cores = static_cast<double>(process.cpuNanoseconds - before->second.cpuNanoseconds)
        / static_cast<double>(now - before->second.monotonicNanoseconds);
    return QLocale().toString(cores * 100, 'f', 1) + QStringLiteral(" %");
}

void ProcessesTab::fill(const std::vector<InsideProcess>& processes)
{
    const auto now = monotonicNanoseconds();
    std::map<pid_t, Seen> seen;
    setRowCount(static_cast<int>(processes.size()));
    for (int row = 0; row < rowCount(); ++row) {
        const auto& process = processes[static_cast<std::size_t>(row)];
        setCell(row, 0, QString::number(process.insidePid));
        setCell(row, 1, QString::number(process.pid));
        setCell(row, 2, QString::number(process.insideUser));
        setCell(row, 3, QString(QLatin1Char(process.state)));
        setCell(row, 4, cpuOf(process, now));
        setCell(row, 5, byteCountText(static_cast<double>(process.residentBytes)));
        setCell(row, kCommandColumn, QString::fromStdString(process.command));
        seen[process.pid] = { process.cpuNanoseconds, now };
    }
    m_seen = std::move(seen);
    m_shown = processes;
}

void ProcessesTab::setCell(int row, int column, const QString& text)
{
    auto* cell = item(row, column);
    if (cell == nullptr) {
        cell = new QTableWidgetItem;
        setItem(row, column, cell);
    }
    cell->setText(text);
    if (column == kCommandColumn)
        cell->setToolTip(toolTipOf(text));
}

void ProcessesTab::signalChosen(int signalNumber)
{
    const auto row = static_cast<std::size_t>(std::max(currentRow(), 0));
    if (row >= m_shown.size())
        return;
    const QString title
        = tr("Send signal %1 to process %2 of %3").arg(signalNumber).arg(m_shown[row].insidePid).arg(m_info.name);
    submitWithRetry(m_context.jobs, [title, footprint = m_info.footprint, process = m_shown[row], signalNumber] {
        return std::make_unique<ThreadJob>(
            title, QThreadPool::globalInstance(), [title, footprint, process, signalNumber](JobContext&) {
                return signalProcess(footprint, process, signalNumber).withContext(title.toStdString());
            });
    });
}

} // namespace twinhull
