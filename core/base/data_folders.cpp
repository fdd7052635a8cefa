// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/data_folders.h"

#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#include <cstdlib>
#include <sstream>

namespace twinhull {

namespace {

std::string environmentOr(const char* name, const std::string& otherwise)
{
    const char* value = std::getenv(name);
    return value != nullptr && value[0] == '/' ? value
                                               : otherwise; // relative values are invalid by the XDG specification
}

std::string runtimeFolder()
{
    const std::string uid = std::to_string(::getuid());
    const std::string login = "/run/user/" + uid;
    const bool hasLogin = ::access(login.c_str(), W_OK) == 0;
    const char* given = std::getenv("XDG_RUNTIME_DIR");
    if (given != nullptr && given[0] == '/')
        return std::string(given) + "/twinhull";
    return hasLogin ? login + "/twinhull" : "/tmp/twinhull-" + uid;
}

std::string ownFolder()
{
    char buffer[PATH_MAX];
    const ssize_t length = ::readlink("/proc/self/exe", buffer, sizeof buffer);
    if (length <= 0)
        return {};
    const std::string path(buffer, static_cast<std::size_t>(length));
    return path.substr(0, path.find_last_of('/'));
}

} // namespace

DataFolders DataFolders::fromEnvironment()
{
    const std::string home = environmentOr("HOME", "/root");
    return DataFolders{
        environmentOr("XDG_DATA_HOME", home + "/.local/share") + "/twinhull",
        environmentOr("XDG_CONFIG_HOME", home + "/.config") + "/twinhull",
        environmentOr("XDG_CACHE_HOME", home + "/.cache") + "/twinhull",
        runtimeFolder(),
    };
}

std::string findProgram(const std::string& name)
{
    std::string folders = environmentOr("TWINHULL_LIBEXEC", "");
    const std::string own = ownFolder();
    folders += ":" + own + ":" + own + "/../libexec/twinhull";
    if (const char* path = std::getenv("PATH"); path != nullptr)
        folders += std::string(":") + path;
    std::istringstream stream(folders);
    for (std::string folder; std::getline(stream, folder, ':');) {
        const std::string candidate = folder + "/" + name;
        if (!folder.empty() && ::access(candidate.c_str(), X_OK) == 0)
            return candidate;
    }
    return {};
}

} // namespace twinhull
