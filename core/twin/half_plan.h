// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/images/image_info.h"
#include "core/twin/twin_plan.h"
#include "core/workload/workload_id.h"

#include <optional>

namespace twinhull {

/// A request that makes a workload do the image's fixed unit of work: label "org.twinhull.work.http", "PORT/PATH".
struct HttpWorkload {
    std::uint16_t port = 0;
    QString path; ///< with a leading slash

    friend bool operator==(const HttpWorkload&, const HttpWorkload&) = default;
};

/// From "PORT/PATH"; nothing when it makes no sense.
std::optional<HttpWorkload> httpWorkFrom(const QString& text);
/// Nothing when the image has no such label or one that makes no sense.
std::optional<HttpWorkload> httpWorkOf(const ImageInfo& image);

/// What both halves publish: the plan's port, else the port of the image's work, else its first exposed TCP port, else
/// 0 (nothing).
std::uint16_t workloadPortOf(const TwinPlan& plan, const ImageInfo& image);

/// A TCP port of 127.0.0.1 that nobody listens on just now. Somebody may take it before it is used; the one who
/// publishes it then fails and says so.
Result<std::uint16_t> freeLoopbackPort();

/// The half of that kind, with a host port of its own.
Result<WorkloadPlan> halfPlan(const TwinPlan& plan, const ImageInfo& image, WorkloadKind kind);

} // namespace twinhull
