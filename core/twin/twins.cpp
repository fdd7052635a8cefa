// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/twins.h"

#include "core/workload/workload_connection.h"
#include "core/jobs/parallel_job.h"
#include "core/jobs/refused_job.h"
#include "core/jobs/sequential_job.h"
#include "core/twin/half_plan.h"

#include <array>

namespace twinhull {

namespace {

constexpr std::array kKinds{ WorkloadKind::Container, WorkloadKind::Vm };

std::unique_ptr<Job> refuse(const QString& title, Error error)
{
    return std::make_unique<RefusedJob>(title, std::move(error));
}

std::optional<WorkloadInfo> halfNamed(const WorkloadRegistry& registry, WorkloadKind kind, const QString& name)
{
    for (auto& info : registry.workloads()) {
        if (info.id.kind == kind && info.name == name && connectionOf(info.id).isEmpty())
            return info;
    }
    return std::nullopt;
}

std::vector<WorkloadInfo> halvesOf(const WorkloadRegistry& registry, const QString& twinGroup)
{
    std::vector<WorkloadInfo> halves;
    for (auto& info : registry.workloads()) {
        if (!twinGroup.isEmpty() && info.twinGroup == twinGroup)
            halves.push_back(std::move(info));
    }
    return halves;
}

Error noSuchTwin(const QString& twinGroup)
{
    return Error{ ErrorCode::NotFound, "twin " + twinGroup.toStdString() + ": there is none", 0,
        "See what exists with: twinhullctl list" };
}

std::string_view textOf(WorkloadKind kind)
{
    return kind == WorkloadKind::Vm ? "VM" : "container";
}

Result<> checkHalf(const WorkloadRegistry& registry, WorkloadKind kind, const QString& name)
{
    const auto* provider = registry.provider(kind);
    if (provider == nullptr)
        return Error{ ErrorCode::Unavailable, std::string(textOf(kind)) + "s are not available in this program", 0,
            {} };
    if (auto available = provider->availability(); !available)
        return available;
    if (halfNamed(registry, kind, name))
        return Error{ ErrorCode::AlreadyExists,
            "a " + std::string(textOf(kind)) + " named " + name.toStdString() + " exists already", 0,
            "Choose another name or remove it first." };
    return {};
}

} // namespace

Twins::Twins(WorkloadRegistry& registry, ImageStore& images, QObject* parent)
    : QObject(parent), m_registry(registry), m_images(images)
{
}

Result<ImageInfo> Twins::check(const TwinPlan& plan, std::optional<WorkloadKind> only) const
{
    const auto image = m_images.find(plan.imageReference);
    if (!image)
        return Error{ ErrorCode::NotFound, "image " + plan.imageReference.toStdString() + " is not in the store", 0,
            "Load it with: twinhullctl images load PATH" };
    for (const auto kind : kKinds) {
        if (only && *only != kind)
            continue;
        if (auto half = checkHalf(m_registry, kind, plan.name); !half)
            return std::move(half).error();
    }
    return *image;
}

std::unique_ptr<Job> Twins::createAndStart(const TwinPlan& plan)
{
    const QString title = tr("Start the twin %1").arg(plan.name);
    const auto image = check(plan);
    if (!image)
        return refuse(title, image.error());
    auto all = std::make_unique<SequentialJob>(title);
    for (const auto kind : kKinds) {
        auto half = halfPlan(plan, *image, kind);
        if (!half)
            return refuse(title, half.error());
        auto* provider = m_registry.provider(kind);
        all->add([provider, half = *half] { return provider->create(half); },
            [this, kind, name = plan.name] { return removeHalf(kind, name); });
    }
    for (const auto kind : kKinds) {
        all->add([this, kind, name = plan.name, title]() -> std::unique_ptr<Job> {
            const auto half = halfNamed(m_registry, kind, name);
            return half ? m_registry.provider(kind)->start(half->id) : refuse(title, noSuchTwin(name));
        });
    }
    return all;
}

std::unique_ptr<Job> Twins::removeHalf(WorkloadKind kind, const QString& name) const
{
    const auto half = halfNamed(m_registry, kind, name);
    return half ? m_registry.provider(kind)->remove(half->id) : nullptr;
}

std::unique_ptr<Job> Twins::startBoth(const QString& twinGroup)
{
    const QString title = tr("Start the twin %1").arg(twinGroup);
    const auto halves = halvesOf(m_registry, twinGroup);
    if (halves.empty())
        return refuse(title, noSuchTwin(twinGroup));
    auto all = std::make_unique<SequentialJob>(title);
    for (const auto& half : halves) {
        if (!half.capabilities.testFlag(Capability::Start))
            continue; // it runs already
        auto* provider = providerOf(m_registry, half.id);
        all->add([provider, id = half.id] { return provider->start(id); },
            [provider, id = half.id] { return provider->stop(id, StopMode::Force); });
    }
    return all;
}

std::unique_ptr<Job> Twins::stopBoth(const QString& twinGroup, StopMode mode)
{
    const QString title = tr("Stop the twin %1").arg(twinGroup);
    const auto halves = halvesOf(m_registry, twinGroup);
    if (halves.empty())
        return refuse(title, noSuchTwin(twinGroup));
    std::vector<std::unique_ptr<Job>> jobs;
    for (const auto& half : halves) {
        if (half.capabilities & Capabilities(Capability::Stop | Capability::ForceOff))
            jobs.push_back(providerOf(m_registry, half.id)->stop(half.id, mode));
    }
    return std::make_unique<ParallelJob>(title, std::move(jobs));
}

std::unique_ptr<Job> Twins::removeBoth(const QString& twinGroup)
{
    const QString title = tr("Remove the twin %1").arg(twinGroup);
    const auto halves = halvesOf(m_registry, twinGroup);
    if (halves.empty())
        return refuse(title, noSuchTwin(twinGroup));
    std::vector<std::unique_ptr<Job>> jobs;
    for (const auto& half : halves)
        jobs.push_back(providerOf(m_registry, half.id)->remove(half.id));
    return std::make_unique<ParallelJob>(title, std::move(jobs));
}

} // namespace twinhull
