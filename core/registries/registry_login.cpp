// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registries/registry_login.h"

#include "core/base/small_file.h"
#include "core/oci/image_json.h"

#include <algorithm>
#include <cstdlib>

namespace twinhull {

namespace {

constexpr std::size_t kAuthFileBytes = 1U << 20U;
constexpr std::size_t kMostKeptHosts = 1000;

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

/// "localhost:5000", "quay.io/team": what a person could have logged in to, and what no terminal takes for a command.
bool isHostName(const std::string& text)
{
    return !text.empty() && text.front() != '-' && text.size() <= 255
        && std::all_of(text.begin(), text.end(), [](char letter) { return letter > ' ' && letter < 0x7f; });
}

} // namespace

std::optional<std::string> keptLogin(const std::string& host, const std::string& authFile)
{
    for (const std::string& path : filesToLookIn(authFile)) {
        const auto text = readSmallFile(path, kAuthFileBytes);
        const auto file = text ? image_json::parse(*text, "logins") : Result<image_json::Json>(text.error());
        const auto* auths = file ? image_json::member(*file, "auths") : nullptr;
        const auto* entry = auths != nullptr ? image_json::member(*auths, host.c_str()) : nullptr;
        const auto login = entry != nullptr ? image_json::text(*entry, "auth") : Result<std::string>(std::string());
        if (login && !login->empty())
            return *login;
    }
    return std::nullopt;
}

std::vector<std::string> keptLoginHosts(const std::string& authFile)
{
    const auto files = filesToLookIn(authFile);
    const auto text = files.empty() ? Result<std::string>(std::string()) : readSmallFile(files.front(), kAuthFileBytes);
    const auto file = text ? image_json::parse(*text, "logins") : Result<image_json::Json>(text.error());
    const auto* auths = file ? image_json::member(*file, "auths") : nullptr;
    std::vector<std::string> hosts;
    if (auths == nullptr || !auths->is_object())
        return hosts;
    for (auto entry = auths->begin(); entry != auths->end() && hosts.size() < kMostKeptHosts; ++entry) {
        if (isHostName(entry.key()))
            hosts.push_back(entry.key());
    }
    std::sort(hosts.begin(), hosts.end());
    return hosts;
}

} // namespace twinhull
