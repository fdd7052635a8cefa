// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/making/vm_creation.h"

#include "core/base/signal_name.h"

#include <algorithm>

namespace twinhull {

namespace {

std::vector<std::string> texts(const QStringList& list)
{
    std::vector<std::string> result;
    for (const QString& text : list)
        result.push_back(text.toStdString());
    return result;
}

QString variableOf(const QString& entry)
{
    return entry.section(u'=', 0, 0);
}

/// The plan's variables over the image's, each once.
QStringList merged(const QStringList& image, const QStringList& plan)
{
    QStringList result;
    for (const QString& entry : image + plan) {
        result.removeIf([&entry](const QString& other) { return variableOf(other) == variableOf(entry); });
        result << entry;
    }
    return result;
}

/// What the person's label says; a VM without it gives its cache back after the usual time.
Result<std::uint32_t> cacheRestSecondsOf(const Labels& labels)
{
    const auto label = labels.find(QLatin1String(kCacheLabel));
    if (label == labels.end())
        return GuestSetup{}.cacheRestSeconds;
    if (*label == u"keep")
        return 0U;
    bool isNumber = false;
    const std::uint32_t seconds = label->toUInt(&isNumber);
    if (!isNumber || seconds == 0 || seconds > kMostCacheRestSeconds)
        return Error{ ErrorCode::InvalidArgument,
            "the label " + std::string(kCacheLabel) + " says " + label->toStdString(), 0,
            "Say keep, or the seconds of rest after which the VM gives its page cache back, 1 to "
                + std::to_string(kMostCacheRestSeconds) };
    return seconds;
}

} // namespace

std::string hostNameFrom(const QString& name)
{
    std::string host;
    for (const QChar c : name) {
        const bool isPlain = c.unicode() < 128 && (c.isLetterOrNumber() || (c == u'-' && !host.empty()));
        host += isPlain ? c.toLatin1() : '-';
    }
    host.erase(0, std::min(host.find_first_not_of('-'), host.size()));
    return host.empty() ? "vm" : host.substr(0, 63);
}

Result<GuestSetup> guestSetupFor(const WorkloadPlan& plan, const ImageInfo& image)
{
    GuestSetup setup;
    const ProcessOptions& process = plan.process;
    setup.hostName = plan.naming.hostName.isEmpty() ? hostNameFrom(plan.name) : plan.naming.hostName.toStdString();
    setup.arguments
        = texts(process.entrypoint ? *process.entrypoint + plan.command
                                   : image.entrypoint + (plan.command.isEmpty() ? image.command : plan.command));
    if (setup.arguments.empty())
        return Error{ ErrorCode::InvalidArgument, "the image has no command of its own", 0, "Give a command" };
    setup.environment = texts(merged(image.environment, plan.environment));
    const QString& folder = process.workingFolder.isEmpty() ? image.workingFolder : process.workingFolder;
    setup.workingFolder = folder.startsWith(u'/') ? folder.toStdString() : "/";
    setup.user = (process.user.isEmpty() ? image.user : process.user).toStdString();
    auto signal = stopSignalOf(process.stopSignal.toStdString(), image.stopSignal.toStdString());
    if (!signal)
        return std::move(signal).error();
    setup.stopSignal = *signal;
    if (plan.limits.pids.value_or(0) > 0)
        setup.pidsLimit = plan.limits.pids;
    if (plan.hasNetwork)
        setup.network = GuestNetwork{};
    const auto rest = cacheRestSecondsOf(plan.labels);
    if (!rest)
        return Error(rest.error());
    setup.cacheRestSeconds = *rest;
    return setup;
}

} // namespace twinhull
