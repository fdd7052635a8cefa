// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/networks/network_jobs.h"

#include <QObject>

namespace twinhull {

namespace {

std::unique_ptr<Job> networkJob(const QString& title, std::function<Result<>()> work)
{
    return std::make_unique<ThreadJob>(
        title, QThreadPool::globalInstance(), [work = std::move(work)](JobContext&) { return work(); });
}

Result<> readNetworks(const DataFolders& folders, const QStringList& names, std::vector<NetworkInfo>& into)
{
    auto all = listNetworks(folders);
    if (!all)
        return std::move(all).error();
    if (names.isEmpty()) {
        into = *std::move(all);
        return {};
    }
    for (const QString& name : names) {
        auto network = findNetwork(folders, name);
        if (!network)
            return std::move(network).error();
        into.push_back(*std::move(network));
    }
    return {};
}

} // namespace

std::unique_ptr<Job> readNetworksJob(
    const DataFolders& folders, const QStringList& names, std::shared_ptr<std::vector<NetworkInfo>> into)
{
    return networkJob(QObject::tr("Read the networks"),
        [folders, names, into = std::move(into)] { return readNetworks(folders, names, *into); });
}

std::unique_ptr<Job> createNetworkJob(const DataFolders& folders, const NetworkWish& wish)
{
    return networkJob(QObject::tr("Create network %1").arg(wish.name), [folders, wish]() -> Result<> {
        auto made = createNetwork(folders, wish);
        return made ? Result<>() : std::move(made).error();
    });
}

std::unique_ptr<Job> removeNetworkJob(const DataFolders& folders, const QString& name)
{
    return networkJob(
        QObject::tr("Remove network %1").arg(name), [folders, name] { return removeNetwork(folders, name); });
}

} // namespace twinhull
