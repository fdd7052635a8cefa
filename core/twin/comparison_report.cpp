// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/comparison_report.h"

#include "core/base/files.h"
#include "core/base/text.h"
#include "core/twin/figure_rows.h"

#include <array>

namespace twinhull {

namespace {

constexpr int kTitleWidth = 22;
constexpr int kFigureWidth = 13;

QString textOf(const Figure& figure, FigureUnit unit)
{
    return figure.value ? formatFigure(*figure.value, unit) : QStringLiteral("-");
}

QString line(const QString& title, const std::array<QString, 4>& cells)
{
    QString text = title.leftJustified(kTitleWidth);
    for (const auto& cell : cells)
        text += cell.rightJustified(kFigureWidth);
    return text + QLatin1Char('\n');
}

} // namespace

ComparisonReport::ComparisonReport(Comparison comparison) : m_comparison(std::move(comparison)) { }

QString ComparisonReport::runsLine() const
{
    const auto runs = static_cast<int>(std::max(m_comparison.container.runs.size(), m_comparison.vm.runs.size()));
    return runs == 1 ? tr("one run each") : tr("%1 runs each, by turns; medians").arg(runs);
}

QString ComparisonReport::machineLine() const
{
    const auto& machine = m_comparison.machine;
    const QString acceleration = m_comparison.isEmulated() ? tr("VM emulated (TCG)")
        : machine.acceleration == u"kvm"                   ? tr("VM on KVM")
                                                           : tr("VM not started");
    return tr("Linux %1, %2 CPUs, %3 memory, %4")
        .arg(machine.kernel)
        .arg(machine.cpus)
        .arg(QString::fromStdString(formatBytes(machine.memoryBytes)), acceleration);
}

QString ComparisonReport::summary() const
{
    const Figure memory = m_comparison.overhead(&RunFigures::memoryHostBytes);
    const Figure startup = m_comparison.overhead(&RunFigures::startupMilliseconds);
    if (!memory.value || !startup.value)
        return tr("Not all figures could be read; the reasons stand below the table.");
    return tr("For %1 the VM costs %2 of memory and %3 of start-up compared with the container.")
        .arg(m_comparison.image, formatDifference(*memory.value, FigureUnit::Bytes),
            formatDifference(*startup.value, FigureUnit::Milliseconds));
}

QString ComparisonReport::caveat() const
{
    const QString common = tr("Both sides ran the same image, command and work and were read with the same ruler on "
                              "the host, helper processes included; memory is the proportional set size at rest after "
                              "the work, so pages shared with other programs are counted in part. Figures of one "
                              "computer and one image say nothing about others, nor about how strongly each side is "
                              "isolated.");
    if (!m_comparison.isEmulated())
        return common;
    return common + QLatin1Char(' ')
        + tr("The VM was emulated because hardware virtualization was not usable: its CPU and work times say nothing "
             "about a VM on KVM and are struck, and its start-up is slower than it would be there.");
}

QString ComparisonReport::toText() const
{
    const auto& c = m_comparison;
    QString text = tr("%1: %2\n%3\nWork: %4\n\n").arg(c.image, runsLine(), machineLine(), c.work);
    text += line({}, { tr("container"), tr("VM"), tr("difference"), tr("ratio") });
    QString reasons;
    for (const auto& row : figureRows()) {
        const Figure container = c.container.median(row.figure);
        const Figure vm = c.vm.median(row.figure);
        const Figure difference = c.overhead(row.figure);
        const bool isStruck = row.isAboutCpu && c.isEmulated();
        text += line(titleOf(row),
            { textOf(container, row.unit), textOf(vm, row.unit),
                difference.value ? formatDifference(*difference.value, row.unit) : QStringLiteral("-"),
                isStruck ? tr("emulated") : formatRatio(container, vm) });
        if (!difference.value)
            reasons += QStringLiteral("%1: %2\n").arg(titleOf(row), difference.missing);
    }
    if (!reasons.isEmpty())
        text += QLatin1Char('\n') + reasons;
    return text + QLatin1Char('\n') + summary() + QLatin1Char('\n');
}

Result<> ComparisonReport::write(const QString& path) const
{
    QByteArray text;
    if (path.endsWith(u".json"))
        text = toJson();
    else if (path.endsWith(u".html"))
        text = toHtml().toUtf8();
    else
        return Error{ ErrorCode::InvalidArgument, "report " + path.toStdString() + ": unknown kind of file", 0,
            "Give it a name that ends in .json or .html." };
    return writeFileAtomically(path.toStdString(), { text.constData(), static_cast<std::size_t>(text.size()) }, 0644)
        .withContext("write report");
}

} // namespace twinhull
