// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <QString>

#include <functional>

class QWidget;

namespace twinhull {

class Job;

/// What may help against one kind of failure: the list of jobs has a button for it.
struct Remedy {
    ErrorCode against = ErrorCode::Unknown;
    QString label; ///< of the button
    std::function<void(QWidget* window)> open; ///< must hold values and references to things that outlive every job
};

void attachRemedy(Job& job, Remedy remedy);
/// Null unless the job failed with just that.
const Remedy* remedyOf(const Job& job);

} // namespace twinhull
