// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/event_words.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

QString trEvent(const char* text)
{
    return QCoreApplication::translate("EventTrail", text);
}

} // namespace

QString wordOf(WorkloadEventKind kind)
{
    switch (kind) {
    case WorkloadEventKind::Started:
        return trEvent("started");
    case WorkloadEventKind::Resumed:
        return trEvent("resumed");
    case WorkloadEventKind::Paused:
        return trEvent("paused");
    case WorkloadEventKind::Stopped:
        return trEvent("stopped");
    case WorkloadEventKind::Failed:
        return trEvent("failed");
    case WorkloadEventKind::OutOfMemory:
        return trEvent("out of memory");
    case WorkloadEventKind::LimitsChanged:
        return trEvent("limits changed");
    case WorkloadEventKind::Throttled:
        return trEvent("throttled");
    case WorkloadEventKind::ProcessOutOfMemory:
        return trEvent("process out of memory");
    case WorkloadEventKind::Snapshot:
        return trEvent("snapshot");
    case WorkloadEventKind::FiguresLost:
        return trEvent("not recorded");
    case WorkloadEventKind::MadeAgainAsQ35:
        return trEvent("made again as q35");
    }
    return {};
}

} // namespace twinhull
