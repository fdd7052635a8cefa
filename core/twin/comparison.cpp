// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/comparison.h"

#include <QCoreApplication>

#include <algorithm>

namespace twinhull {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("Comparison", text);
}

} // namespace

Figure Figure::of(double value)
{
    return Figure{ value, {} };
}

Figure Figure::absent(const QString& reason)
{
    return Figure{ std::nullopt, reason };
}

Figure HullFigures::median(Figure RunFigures::*figure) const
{
    std::vector<double> values;
    QString reason;
    for (const auto& run : runs) {
        const Figure& one = run.*figure;
        if (one.value)
            values.push_back(*one.value);
        else if (reason.isEmpty())
            reason = one.missing;
    }
    if (values.empty())
        return Figure::absent(reason.isEmpty() ? tr("not measured") : reason);
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    return Figure::of(values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2);
}

Figure Comparison::overhead(Figure RunFigures::*figure) const
{
    const Figure vmMedian = vm.median(figure);
    const Figure containerMedian = container.median(figure);
    if (!vmMedian.value)
        return Figure::absent(tr("VM: %1").arg(vmMedian.missing));
    if (!containerMedian.value)
        return Figure::absent(tr("container: %1").arg(containerMedian.missing));
    return Figure::of(*vmMedian.value - *containerMedian.value);
}

bool Comparison::isEmulated() const
{
    return machine.acceleration == u"tcg";
}

} // namespace twinhull
