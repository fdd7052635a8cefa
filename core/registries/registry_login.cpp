// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registries/registry_login.h"

#include "core/base/small_file.h"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <vector>

namespace twinhull {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kAuthFileBytes = 1U << 20U;

void addBelow(const char* variable, const std::string& path, std::vector<std::string>& files)
{
    if (const char* folder = std::getenv(variable); folder != nullptr && *folder != '\0')
        files.push_back(folder + path);
}

std::vector<std::string> filesToLookIn(const std::string& authFile)
{
    if (!authFile.empty())
        return { authFile };
    std::vector<std::string> files;
    addBelow("REGISTRY_AUTH_FILE", {}, files);
    if (!files.empty())
        return files;
    addBelow("XDG_RUNTIME_DIR", "/containers/auth.json", files);
    addBelow("XDG_CONFIG_HOME", "/containers/auth.json", files);
    addBelow("HOME", "/.config/containers/auth.json", files);
    addBelow("HOME", "/.docker/config.json", files);
    return files;
}

} // namespace

std::optional<std::string> keptLogin(const std::string& host, const std::string& authFile)
{
    for (const std::string& path : filesToLookIn(authFile)) {
        const auto text = readSmallFile(path, kAuthFileBytes);
        const Json file = text ? Json::parse(*text, nullptr, false) : Json();
        const auto auths = file.is_object() ? file.find("auths") : file.end();
        if (!file.is_object() || auths == file.end() || !auths->is_object())
            continue;
        const auto entry = auths->find(host);
        if (entry == auths->end() || !entry->is_object())
            continue;
        const auto login = entry->find("auth");
        if (login != entry->end() && login->is_string() && !login->get_ref<const std::string&>().empty())
            return login->get<std::string>();
    }
    return std::nullopt;
}

} // namespace twinhull
