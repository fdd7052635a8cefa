// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/network_job.h"

#include "core/jobs/parallel_job.h"
#include "core/jobs/thread_job.h"
#include "core/twin/http_rate.h"
#include "core/twin/inside_step.h"

#include <QCoreApplication>
#include <QUrl>

#include <atomic>

namespace twinhull {

namespace {

constexpr int kMostClients = 4;

QString tr(const char* text)
{
    return QCoreApplication::translate("NetworkJob", text);
}

/// Clients must not wait for a thread of the pool that their servers hold.
QThreadPool* clientPool()
{
    static QThreadPool pool;
    pool.setMaxThreadCount(kMostClients);
    return &pool;
}

using Measure = std::function<Result<NetworkFigures>(const ClientPatience&)>;
using OtherSide = std::shared_ptr<std::atomic<bool>>; ///< true once it is gone

std::unique_ptr<Job> makeClient(
    const QString& name, const OtherSide& isGone, Measure measure, std::shared_ptr<NetworkFigures> figures)
{
    return std::make_unique<ThreadJob>(tr("Work"), clientPool(),
        [name, isGone, measure = std::move(measure), figures = std::move(figures)](JobContext& context) -> Result<> {
            const auto measured = measure({ [&] { return context.isCancelled() || *isGone; } });
            if (!measured && *isGone && !context.isCancelled())
                return Error{ ErrorCode::Unknown, name.toStdString() + ": its program ended before the work was done",
                    0, "See what it says: twinhullctl logs" };
            if (!measured)
                return measured.error();
            *figures = *measured;
            return {};
        });
}

/// As HttpWork asks for it: an image's label may hold anything.
std::string encoded(const QString& path)
{
    QUrl url;
    url.setPath(path);
    return url.path(QUrl::FullyEncoded).toStdString();
}

} // namespace

std::unique_ptr<Job> makeNetworkJob(WorkloadProvider& provider, const WorkloadInfo& info, const NetworkWork& work,
    std::uint16_t hostPort, std::shared_ptr<NetworkFigures> figures)
{
    const InsideStep serve{ tr("Serve inside"), { QStringLiteral("twinhull-load"), QStringLiteral("net-serve") },
        true };
    const auto isGone = std::make_shared<std::atomic<bool>>(false);
    auto server = makeCheckedInsideStep(provider, info, serve);
    auto client = makeClient(
        info.name, isGone,
        [&work, hostPort](const ClientPatience& patience) { return measureNetwork(work, hostPort, patience); },
        std::move(figures));
    QObject::connect(server.get(), &Job::finished, client.get(), [isGone] { *isGone = true; });
    QObject::connect(client.get(), &Job::finished, server.get(), [client = client.get(), server = server.get()] {
        if (client->state() != Job::State::Succeeded && !server->isFinished())
            server->cancel();
    });
    std::vector<std::unique_ptr<Job>> both;
    both.push_back(std::move(server));
    both.push_back(std::move(client));
    return std::make_unique<ParallelJob>(tr("Work"), std::move(both));
}

std::unique_ptr<Job> makeHttpRateJob(WorkloadProvider& provider, const WorkloadInfo& info, std::uint16_t hostPort,
    const QString& path, std::shared_ptr<NetworkFigures> figures)
{
    const auto isGone = std::make_shared<std::atomic<bool>>(false);
    auto client = makeClient(
        info.name, isGone,
        [hostPort, path = encoded(path)](
            const ClientPatience& patience) { return measureHttpRate(hostPort, path, patience); },
        std::move(figures));
    QObject::connect(&provider, &WorkloadProvider::changed, client.get(), [isGone, id = info.id](const auto& now) {
        if (now.id == id && (now.state == WorkloadState::Stopped || now.state == WorkloadState::Failed))
            *isGone = true;
    });
    return client;
}

} // namespace twinhull
