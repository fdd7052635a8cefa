// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/pace_text.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

QString paceTr(const char* text)
{
    return QCoreApplication::translate("Metrics", text);
}

} // namespace

QString paceTitle(PaceReason reason, std::int64_t intervalMilliseconds)
{
    const QString seconds = QString::number(static_cast<double>(intervalMilliseconds) / 1000, 'g', 3);
    switch (reason) {
    case PaceReason::AsAsked:
        return {};
    case PaceReason::OwnCost:
        return paceTr(QT_TRANSLATE_NOOP("Metrics", "Reads every %1 s: reading more often costs too much")).arg(seconds);
    case PaceReason::BusyComputer:
        return paceTr(QT_TRANSLATE_NOOP("Metrics", "Reads every %1 s: the computer is busy")).arg(seconds);
    }
    return {};
}

QString paceExplanation(PaceReason reason)
{
    switch (reason) {
    case PaceReason::AsAsked:
        return {};
    case PaceReason::OwnCost:
        return paceTr(QT_TRANSLATE_NOOP("Metrics",
            "Reading every second would take more than 2 % of a core, and what measures is to be a small part of what "
            "is measured. Points are further apart, and peaks between them are means. It comes back by itself when "
            "ten readings in a row are cheap again: with fewer workloads, or fewer of them in sight."));
    case PaceReason::BusyComputer:
        return paceTr(
            QT_TRANSLATE_NOOP("Metrics",
                "Something waited for a CPU in more than %1 % of the last ten seconds (avg10 in the line \"some\" of "
                "/proc/pressure/cpu), and reading every second would take more than 0.5 % of a core. Points are "
                "further "
                "apart, and peaks between them are means. It comes back by itself once that is below %2 %."))
            .arg(TickPace::kBusyPressure)
            .arg(TickPace::kCalmPressure);
    }
    return {};
}

QString paceKey(PaceReason reason)
{
    switch (reason) {
    case PaceReason::AsAsked:
        return {};
    case PaceReason::OwnCost:
        return QStringLiteral("own_cost");
    case PaceReason::BusyComputer:
        return QStringLiteral("busy_computer");
    }
    return {};
}

} // namespace twinhull
