// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registries/registry_login.h"

#include "core/base/small_file.h"
#include "core/oci/image_json.h"

#include <cstdlib>
#include <vector>

namespace twinhull {

namespace {

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
        const auto file = text ? image_json::parse(*text, "logins") : Result<image_json::Json>(text.error());
        const auto* auths = file ? image_json::member(*file, "auths") : nullptr;
        const auto* entry = auths != nullptr ? image_json::member(*auths, host.c_str()) : nullptr;
        const auto login = entry != nullptr ? image_json::text(*entry, "auth") : Result<std::string>(std::string());
        if (login && !login->empty())
            return *login;
    }
    return std::nullopt;
}

} // namespace twinhull
