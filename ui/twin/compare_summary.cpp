// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/compare_summary.h"

#include "core/twin/figure_rows.h"

#include <QCoreApplication>

#include <cmath>

namespace twinhull {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("CompareSummary", text);
}

struct Words {
    const char* more; ///< with %1 for the figure
    const char* less;
};

/// "137 MiB more memory"; empty when one is not known.
QString comparedText(const Figure& base, const Figure& other, FigureUnit unit, const Words& words)
{
    if (!base.value || !other.value)
        return {};
    const double difference = *other.value - *base.value;
    return tr(difference < 0 ? words.less : words.more).arg(formatFigure(std::abs(difference), unit));
}

struct Pair {
    QString first;
    QString second;
    Figure startup[2];
    Figure memory[2];
    bool isEmulated = false;
};

QString describe(const Pair& pair)
{
    const QString memory = comparedText(pair.memory[0], pair.memory[1], FigureUnit::Bytes,
        { QT_TRANSLATE_NOOP("CompareSummary", "%1 more memory"),
            QT_TRANSLATE_NOOP("CompareSummary", "%1 less memory") });
    const QString startup = comparedText(pair.startup[0], pair.startup[1], FigureUnit::Milliseconds,
        { QT_TRANSLATE_NOOP("CompareSummary", "%1 longer"), QT_TRANSLATE_NOOP("CompareSummary", "%1 less") });
    QStringList sentences;
    if (!memory.isEmpty())
        sentences << tr("%1 costs this computer %2 than %3.").arg(pair.second, memory, pair.first);
    else
        sentences << tr("Memory is not compared: it was not read on both sides.");
    if (!startup.isEmpty())
        sentences << tr("It takes %1 from the request to its first instruction.").arg(startup);
    else
        sentences << tr("Start-up is not compared: it was not measured on both sides.");
    if (pair.isEmulated)
        sentences << tr(
            "CPU is not compared: VMs are emulated on this computer, which says nothing about hardware, and "
            "they start slower than they would there.");
    return sentences.join(u' ');
}

QString capitalized(QString text)
{
    if (!text.isEmpty())
        text[0] = text[0].toUpper();
    return text;
}

} // namespace

QString whatThisShows(std::span<const ComparedWorkload> workloads)
{
    if (workloads.size() != 2)
        return {};
    const ComparedWorkload& first = workloads[0];
    const ComparedWorkload& second = workloads[1];
    const bool isTwin = !first.info.twinGroup.isEmpty() && first.info.twinGroup == second.info.twinGroup;
    Pair pair;
    pair.first = isTwin ? tr("the container") : labelOf(first.info);
    pair.second = isTwin ? tr("the VM") : labelOf(second.info);
    pair.startup[0] = first.startupMilliseconds;
    pair.startup[1] = second.startupMilliseconds;
    pair.memory[0] = first.pssBytes;
    pair.memory[1] = second.pssBytes;
    pair.isEmulated = first.isEmulated() || second.isEmulated();
    const QString shared
        = isTwin ? tr("Both run %1.").arg(first.info.image) : tr("They do not come as a twin: their work may differ.");
    return capitalized(describe(pair)) + u' ' + shared;
}

QString whatThisShows(const Comparison& comparison)
{
    Pair pair;
    pair.first = tr("the container");
    pair.second = tr("the VM");
    pair.startup[0] = comparison.container.median(&RunFigures::startupMilliseconds);
    pair.startup[1] = comparison.vm.median(&RunFigures::startupMilliseconds);
    pair.memory[0] = comparison.container.median(&RunFigures::memoryHostBytes);
    pair.memory[1] = comparison.vm.median(&RunFigures::memoryHostBytes);
    pair.isEmulated = comparison.isEmulated();
    return tr("For %1: %2 The figures are medians of the runs; they are those of this computer and this image.")
        .arg(comparison.image, describe(pair));
}

} // namespace twinhull
