// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/container_folder.h"

#include "core/base/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <memory>

namespace twinhull {

namespace {

struct DirectoryEnd {
    void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

/// A name has nothing that JSON escapes (checkWorkloadName), so it stands in the text as it is.
bool mayBeNamed(std::string_view settings, const std::string& name)
{
    return settings.find('"' + name + '"') != std::string_view::npos;
}

} // namespace

ContainerFolder::ContainerFolder(const DataFolders& folders, std::string id)
    : m_id(std::move(id)), m_path(folders.containers() + "/" + m_id), m_runtimePath(folders.runtime + "/" + m_id)
{
}

Result<ContainerSettings> ContainerFolder::readSettings() const
{
    auto settings = readSettingsIfNamed({});
    if (!settings)
        return std::move(settings).error();
    return **std::move(settings);
}

Result<std::optional<ContainerSettings>> ContainerFolder::readSettingsIfNamed(
    const std::vector<std::string>& names) const
{
    const auto text = readFile(settingsPath(), kContainerSettingsLimitBytes);
    if (!text)
        return text.error();
    const auto isIn = [&](const std::string& name) { return mayBeNamed(*text, name) || m_id.starts_with(name); };
    if (!names.empty() && std::none_of(names.begin(), names.end(), isIn))
        return std::optional<ContainerSettings>();
    auto settings = decodeContainerSettings(*text);
    if (!settings)
        return std::move(settings).withContext(settingsPath()).error();
    if (settings->id != m_id)
        return Error{ ErrorCode::Corrupt, settingsPath() + ": belongs to another container", 0, {} };
    const auto answers = [&](const std::string& name) { return settings->name == name || m_id.starts_with(name); };
    if (!names.empty() && std::none_of(names.begin(), names.end(), answers))
        return std::optional<ContainerSettings>();
    return std::optional(*std::move(settings));
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
    const std::unique_ptr<DIR, DirectoryEnd> all(::opendir(folders.containers().c_str()));
    while (const dirent* entry = all ? ::readdir(all.get()) : nullptr) {
        std::string name = entry->d_name;
        if (name.starts_with('.') || name.ends_with(".partial"))
            continue;
        struct stat info { };
        if (::fstatat(::dirfd(all.get()), (name + "/" + kContainerSettingsName).c_str(), &info, AT_SYMLINK_NOFOLLOW)
            == 0)
            ids.push_back(std::move(name));
    }
    std::sort(ids.begin(), ids.end());
    return ids;
}

} // namespace twinhull
