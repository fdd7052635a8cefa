// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <optional>

namespace twinhull {

struct DataFolders;
class EventTrail;
class ImageStore;
class JobQueue;
class MetricRings;
class PastFigures;
class Settings;
class Twins;
class WorkloadRegistry;

/// What pages and dialogs work with; made in app/twinhull, outlives every widget.
struct AppContext {
    WorkloadRegistry& workloads;
    JobQueue& jobs;
    ImageStore& images;
    MetricRings& rings;
    Twins& twins;
    Settings& settings;
    const DataFolders& folders;
    PastFigures* past = nullptr; ///< null: charts end where the rings do
    EventTrail* events = nullptr; ///< null: charts have no marks
    std::optional<QStringList> controllers = {}; ///< of cgroups, that containers can have; absent: not known
};

} // namespace twinhull
