// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/retry.h"

namespace twinhull {

namespace {

/// Lives and dies with its job.
class Recipe : public QObject {
public:
    Recipe(JobFactory factory, QObject* job) : QObject(job), make(std::move(factory)) { }

    JobFactory make;
};

const Recipe* recipeOf(const Job& job)
{
    for (const QObject* child : job.children()) {
        if (const auto* recipe = dynamic_cast<const Recipe*>(child))
            return recipe;
    }
    return nullptr;
}

} // namespace

Job* submitWithRetry(JobQueue& queue, JobFactory make)
{
    auto job = make();
    if (!job)
        return nullptr;
    new Recipe(std::move(make), job.get());
    return queue.submit(std::move(job));
}

bool canRetry(const Job& job)
{
    return (job.state() == Job::State::Failed || job.state() == Job::State::Cancelled) && recipeOf(job);
}

Job* retry(JobQueue& queue, const Job& job)
{
    const Recipe* recipe = canRetry(job) ? recipeOf(job) : nullptr;
    return recipe ? submitWithRetry(queue, recipe->make) : nullptr;
}

} // namespace twinhull
