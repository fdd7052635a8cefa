// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/option_arguments.h"

#include "core/base/small_file.h"
#include "core/workload/option_text.h"
#include "core/workload/option_words.h"
#include "core/workload/process_limit.h"

#include <QFileInfo>

namespace twinhull {

namespace {

constexpr std::size_t kEnvironmentFileBytes = 1U << 20U;

template <typename Target>
void addOption(CLI::App& verb, const char* name, Target& target, const char* description, const char* type)
{
    verb.add_option(name, target, description)->type_name(type)->group("What runs inside")->allow_extra_args(false);
}

void addProcessOptions(CLI::App& verb, OptionArguments& arguments)
{
    addOption(verb, "-u,--user", arguments.user, "name or id, with :group", "USER");
    addOption(verb, "--userns", arguments.userNamespace,
        "keep-id: you are yourself inside, not root; keep-id:uid=N,gid=N: that user", "MODE");
    addOption(verb, "-w,--workdir", arguments.workingFolder, "folder it begins in", "FOLDER");
    addOption(verb, "--entrypoint", arguments.entrypoint,
        "instead of the image's; several words as [\"sh\", \"-c\"], none as \"\"", "WORD");
    addOption(verb, "--env-file", arguments.environmentFiles, "lines of KEY=VALUE; -e has the last word", "FILE");
    addOption(verb, "-l,--label", arguments.labels, "KEY=VALUE", "LABEL");
    verb.add_flag("--init", arguments.hasInit, "a small init as process 1")->group("What runs inside");
    addOption(verb, "--stop-signal", arguments.stopSignal, "instead of the image's", "SIGNAL");
    addOption(verb, "--stop-timeout", arguments.stopSeconds, "seconds from that signal to the kill", "SECONDS");
    addOption(
        verb, "--ulimit", arguments.processLimits, "nofile=1024:65536: soft and hard limit, -1 for none", "LIMIT");
}

void addNamingOptions(CLI::App& verb, OptionArguments& arguments)
{
    addOption(verb, "--hostname", arguments.hostName, "else its name", "NAME");
    addOption(verb, "--dns", arguments.nameServers, "name server, IPv4", "ADDRESS");
    addOption(verb, "--dns-search", arguments.searchDomains, "domain to look names up in; . for none", "DOMAIN");
    addOption(verb, "--add-host", arguments.hosts, "NAME:ADDRESS", "HOST");
}

void addSecurityOptions(CLI::App& verb, OptionArguments& arguments)
{
    verb.add_flag("--read-only", arguments.isRootReadOnly, "nothing of the image can be written")
        ->group("What runs inside");
    addOption(verb, "--tmpfs", arguments.temporaryFolders, "TARGET[:size=64m,mode=1777,exec]", "FOLDER");
    addOption(verb, "--device", arguments.devices, "a device node: SOURCE[:TARGET][:rw]", "DEVICE");
    addOption(verb, "--secret", arguments.secrets,
        "NAME[,target=PATH,uid=N,gid=N,mode=0400]: a file in memory, in /run/secrets", "SECRET");
    addOption(verb, "--cap-add", arguments.addedCapabilities, "NET_RAW, ALL", "CAPABILITY");
    addOption(verb, "--cap-drop", arguments.droppedCapabilities, "NET_RAW, ALL", "CAPABILITY");
    addOption(verb, "--security-opt", arguments.securityOptions,
        "seccomp=unconfined, seccomp=FILE, no-new-privileges=false", "OPTION");
}

void addFineLimits(CLI::App& verb, OptionArguments& arguments)
{
    addOption(verb, "--memory-swap", arguments.memoryAndSwap, "memory and swap together; -1: no limit", "SIZE");
    addOption(verb, "--cpuset-cpus", arguments.cpuSet, "processors: 0-3,7", "LIST");
    addOption(verb, "--cpu-shares", arguments.cpuShares, "against others; usual is 1024", "N");
    for (const auto kind : { DeviceRateKind::ReadBytes, DeviceRateKind::WriteBytes, DeviceRateKind::ReadOperations,
             DeviceRateKind::WriteOperations })
        addOption(verb, qPrintable(optionOf(kind)), arguments.deviceRates[static_cast<int>(kind)],
            "DEVICE:RATE, a second", "RATE");
}

QString typed(const std::string& text)
{
    return QString::fromStdString(text);
}

/// Each text by `parse`, into a list; the first that makes no sense is the error.
template <typename List, typename Parse>
Result<> readEach(const std::vector<std::string>& texts, List& list, Parse parse)
{
    for (const auto& text : texts) {
        auto one = parse(typed(text));
        if (!one)
            return std::move(one).error();
        list.push_back(*std::move(one));
    }
    return {};
}

/// For texts that are only judged.
auto kept(Result<> (*check)(const QString&))
{
    return [check](const QString& text) -> Result<QString> {
        auto checked = check(text);
        return checked ? Result<QString>(text) : std::move(checked).error();
    };
}

Result<> applyProcess(const OptionArguments& arguments, WorkloadPlan& plan)
{
    ProcessOptions& process = plan.process;
    process.user = typed(arguments.user);
    process.workingFolder = typed(arguments.workingFolder);
    process.hasInit = arguments.hasInit;
    process.stopSignal = typed(arguments.stopSignal);
    process.stopSeconds = arguments.stopSeconds;
    if (arguments.entrypoint) {
        auto words = entrypointFromText(typed(*arguments.entrypoint));
        if (!words)
            return std::move(words).error();
        process.entrypoint = *std::move(words);
    }
    if (!arguments.userNamespace.empty()) {
        auto keep = keepIdFromText(typed(arguments.userNamespace));
        if (!keep)
            return std::move(keep).error();
        process.keepId = *keep;
    }
    if (auto read = readEach(arguments.processLimits, process.limits, &processLimitFromText); !read)
        return read;
    QStringList variables;
    for (const auto& path : arguments.environmentFiles) {
        const auto text = readSmallFile(path, kEnvironmentFileBytes);
        auto lines = text ? environmentFromFileText(typed(*text)) : Result<QStringList>(text.error());
        if (!lines)
            return std::move(lines).error().withContext("env-file " + path);
        variables << *std::move(lines);
    }
    plan.environment = variables + plan.environment;
    for (const auto& text : arguments.labels) {
        auto label = labelFromText(typed(text));
        if (!label)
            return std::move(label).error();
        plan.labels.insert(label->first, label->second);
    }
    return {};
}

Result<> applyNaming(const OptionArguments& arguments, NamingOptions& naming)
{
    naming.hostName = typed(arguments.hostName);
    if (auto checked = naming.hostName.isEmpty() ? Result<>() : checkHostName(naming.hostName); !checked)
        return checked;
    if (auto read = readEach(arguments.nameServers, naming.nameServers, kept(&checkNameServer)); !read)
        return read;
    if (auto read = readEach(arguments.searchDomains, naming.searchDomains, kept(&checkSearchDomain)); !read)
        return read;
    return readEach(arguments.hosts, naming.hosts, &hostEntryFromText);
}

Result<> applySecurity(const OptionArguments& arguments, WorkloadPlan& plan)
{
    plan.files.isRootReadOnly = arguments.isRootReadOnly;
    if (auto read = readEach(arguments.temporaryFolders, plan.files.temporaryFolders, &temporaryFolderFromText); !read)
        return read;
    if (auto read = readEach(arguments.devices, plan.files.devices, &deviceFromText); !read)
        return read;
    if (auto read = readEach(arguments.secrets, plan.files.secrets, &secretFromText); !read)
        return read;
    if (auto read = readEach(arguments.addedCapabilities, plan.security.addedCapabilities, &capabilityFromText); !read)
        return read;
    if (auto read = readEach(arguments.droppedCapabilities, plan.security.droppedCapabilities, &capabilityFromText);
        !read)
        return read;
    for (const auto& text : arguments.securityOptions) {
        if (auto added = addSecurityOption(typed(text), plan.security); !added)
            return added;
    }
    if (!plan.security.seccompPath.isEmpty())
        plan.security.seccompPath = QFileInfo(plan.security.seccompPath).absoluteFilePath();
    return {};
}

Result<> applyFineLimits(const OptionArguments& arguments, FineLimits& limits)
{
    if (!arguments.memoryAndSwap.empty()) {
        const auto bytes = swapFromText(typed(arguments.memoryAndSwap));
        if (!bytes)
            return bytes.error();
        limits.memoryAndSwapBytes = *bytes;
    }
    limits.cpuSet = typed(arguments.cpuSet);
    limits.cpuShares = arguments.cpuShares;
    for (int kind = 0; kind < 4; ++kind) {
        const auto parse
            = [kind](const QString& text) { return deviceRateFromText(text, static_cast<DeviceRateKind>(kind)); };
        if (auto read = readEach(arguments.deviceRates[kind], limits.deviceRates, parse); !read)
            return read;
    }
    return {};
}

} // namespace

void addOptionOptions(CLI::App& verb, OptionArguments& arguments)
{
    addProcessOptions(verb, arguments);
    addNamingOptions(verb, arguments);
    addSecurityOptions(verb, arguments);
    addFineLimits(verb, arguments);
}

Result<> applyOptions(const OptionArguments& arguments, WorkloadPlan& plan)
{
    if (auto applied = applyProcess(arguments, plan); !applied)
        return applied;
    if (auto applied = applyNaming(arguments, plan.naming); !applied)
        return applied;
    if (auto applied = applySecurity(arguments, plan); !applied)
        return applied;
    return applyFineLimits(arguments, plan.fineLimits);
}

} // namespace twinhull
