// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/remedy.h"

#include "core/jobs/job.h"

namespace twinhull {

namespace {

/// Lives and dies with its job.
class RemedyOfJob : public QObject {
public:
    RemedyOfJob(Remedy of, QObject* job) : QObject(job), remedy(std::move(of)) { }

    Remedy remedy;
};

} // namespace

void attachRemedy(Job& job, Remedy remedy)
{
    new RemedyOfJob(std::move(remedy), &job);
}

const Remedy* remedyOf(const Job& job)
{
    if (job.state() != Job::State::Failed)
        return nullptr;
    for (const QObject* child : job.children()) {
        const auto* attached = dynamic_cast<const RemedyOfJob*>(child);
        if (attached != nullptr && attached->remedy.against == job.result().error().code)
            return &attached->remedy;
    }
    return nullptr;
}

} // namespace twinhull
