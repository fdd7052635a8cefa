// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/guest/guest_modules.h"

#include "core/base/files.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace twinhull {

namespace {

/// Without .ko and with '_' for '-': files and modules are spelt both ways.
std::string moduleName(std::string_view fileName)
{
    std::string name(fileName.substr(0, fileName.find(".ko")));
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

bool startsWith(const std::string& text, std::string_view start)
{
    return text.compare(0, start.size(), start) == 0;
}

bool isNeeded(const std::string& module, const GuestHardware& hardware)
{
    const bool isNetwork = module == "failover" || module == "net_failover" || module == "virtio_net";
    if (isNetwork)
        return hardware.hasNetwork;
    if (startsWith(module, "virtio_pci"))
        return hardware.hasPci;
    return module != "virtio_mmio" || !hardware.hasPci;
}

Result<> loadModule(const UniqueFd& folder, const std::string& name)
{
    auto file = openAt(folder, name, O_RDONLY);
    if (!file)
        return std::move(file).error();
    if (::syscall(SYS_finit_module, file->fd(), "", 0) != 0 && errno != EEXIST)
        return Error::fromErrno(errno, "load module " + name);
    return {};
}

} // namespace

ModulePlan planModules(std::string_view loadList, const GuestHardware& hardware)
{
    ModulePlan plan;
    while (!loadList.empty()) {
        const auto end = std::min(loadList.find('\n'), loadList.size());
        const std::string file(loadList.substr(0, end));
        loadList.remove_prefix(std::min(end + 1, loadList.size()));
        const std::string module = moduleName(file);
        if (module.empty() || file.find('/') != std::string::npos || !isNeeded(module, hardware))
            continue;
        const bool canWait = module == "virtio_console" || module == "virtio_balloon";
        (canWait ? plan.afterEntrypoint : plan.beforeEntrypoint).push_back(file);
    }
    return plan;
}

Result<> loadModules(const UniqueFd& folder, const std::vector<std::string>& fileNames)
{
    for (const std::string& name : fileNames) {
        if (auto loaded = loadModule(folder, name); !loaded)
            return loaded;
    }
    return {};
}

} // namespace twinhull
