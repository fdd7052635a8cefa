// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/container_folder.h"

#include "core/base/files.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace twinhull {

ContainerFolder::ContainerFolder(const DataFolders& folders, std::string id)
    : m_id(std::move(id)), m_path(folders.containers() + "/" + m_id), m_runtimePath(folders.runtime + "/" + m_id)
{
}

Result<ContainerSettings> ContainerFolder::readSettings() const
{
    auto text = readFile(settingsPath(), kContainerSettingsLimitBytes);
    if (!text)
        return std::move(text).error();
    auto settings = decodeContainerSettings(*text);
    if (settings && settings->id != m_id)
        return Error{ ErrorCode::Corrupt, settingsPath() + ": belongs to another container", 0, {} };
    return std::move(settings).withContext(settingsPath());
}

std::string makeContainerId()
{
    std::array<unsigned char, 8> bytes{};
    (void)!::getrandom(bytes.data(), bytes.size(), 0); // cannot fail for so few bytes; random(7)
    static constexpr const char* kDigits = "0123456789abcdef";
    std::string id;
    for (const unsigned char byte : bytes) {
        id.push_back(kDigits[byte >> 4U]);
        id.push_back(kDigits[byte & 15U]);
    }
    return id;
}

std::vector<std::string> containerIds(const DataFolders& folders)
{
    std::vector<std::string> ids;
    std::error_code failure;
    for (std::filesystem::directory_iterator entry(folders.containers(), failure), end; !failure && entry != end;
         entry.increment(failure)) {
        std::string name = entry->path().filename().string();
        if (!name.starts_with('.') && !name.ends_with(".partial")
            && exists(entry->path().string() + "/" + kContainerSettingsName))
            ids.push_back(std::move(name));
    }
    std::sort(ids.begin(), ids.end());
    return ids;
}

} // namespace twinhull
