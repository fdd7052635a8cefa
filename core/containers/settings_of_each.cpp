// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/settings_of_each.h"

#include <algorithm>
#include <future>
#include <iterator>
#include <thread>

namespace twinhull {

namespace {

constexpr std::size_t kFewest = 64; ///< for a thread of their own: fewer are read while it starts
constexpr std::size_t kMostThreads = 4;

} // namespace

std::vector<Result<std::optional<ContainerSettings>>> settingsOfEach(
    const DataFolders& folders, const std::vector<std::string>& ids, const std::vector<std::string>& names)
{
    using Settings = std::vector<Result<std::optional<ContainerSettings>>>;
    const auto read = [&](std::size_t first, std::size_t end) {
        Settings part;
        part.reserve(end - first);
        for (std::size_t i = first; i < end; ++i)
            part.push_back(ContainerFolder(folders, ids[i]).readSettingsIfNamed(names));
        return part;
    };
    const std::size_t processors = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, kMostThreads);
    const std::size_t each = std::max(kFewest, (ids.size() + processors - 1) / processors);
    std::vector<std::future<Settings>> others;
    for (std::size_t first = each; first < ids.size(); first += each)
        others.push_back(std::async(std::launch::async, read, first, std::min(first + each, ids.size())));
    Settings all = read(0, std::min(each, ids.size()));
    for (auto& other : others) {
        Settings part = other.get();
        std::move(part.begin(), part.end(), std::back_inserter(all));
    }
    return all;
}

} // namespace twinhull
