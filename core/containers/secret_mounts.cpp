// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/secret_mounts.h"

#include <array>
#include <cstdio>

namespace twinhull {

namespace {

constexpr const char* kSecretsTarget = "/run/secrets";

std::string modeOption(const ContainerSecret& secret)
{
    std::array<char, 16> mode{};
    std::snprintf(mode.data(), mode.size(), "mode=%04o", secret.mode);
    return mode.data();
}

} // namespace

std::vector<oci::Mount> secretMounts(const std::vector<ContainerSecret>& secrets, const std::string& secretsFolder)
{
    if (secrets.empty())
        return {};
    std::vector<oci::Mount> mounts{ { kSecretsTarget, "tmpfs", "tmpfs", { "mode=755", "nosuid", "nodev", "noexec" } } };
    std::vector<oci::Mount> elsewhere;
    for (std::size_t i = 0; i < secrets.size(); ++i) {
        const auto& secret = secrets[i];
        const bool isBelow = secret.target.starts_with(std::string(kSecretsTarget) + '/');
        const std::string place
            = isBelow ? secret.target : std::string(kSecretsTarget) + "/." + std::to_string(i) + '/' + secret.name;
        mounts.push_back({ place, "copy", secretsFolder + '/' + secret.name,
            { modeOption(secret), "uid=" + std::to_string(secret.uid), "gid=" + std::to_string(secret.gid) } });
        if (!isBelow)
            elsewhere.push_back(
                { secret.target, "bind", place, { "bind", "inroot", "ro", "nosuid", "nodev", "noexec" } });
    }
    mounts.push_back({ kSecretsTarget, "none", "none", { "remount", "ro" } });
    mounts.insert(mounts.end(), elsewhere.begin(), elsewhere.end());
    return mounts;
}

} // namespace twinhull
