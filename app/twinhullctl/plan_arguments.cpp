// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/plan_arguments.h"

#include "core/base/text.h"
#include "core/workload/machine_choice.h"
#include "core/workload/option_text.h"

#include <QFileInfo>
#include <QRegularExpression>

namespace twinhull {

namespace {

Error invalid(const std::string& what, const std::string& hint)
{
    return Error{ ErrorCode::InvalidArgument, what, 0, hint };
}

/// "twinhull/starter:latest" gives "starter", "/isos/debian-12.iso" gives "debian-12".
QString nameFrom(const PlanArguments& arguments)
{
    const QString source = QString::fromStdString(arguments.source);
    if (arguments.isIso || arguments.isDisk)
        return QFileInfo(source).completeBaseName();
    QString last = source.section(u'/', -1);
    last.truncate(last.indexOf(QRegularExpression(QStringLiteral("[:@]"))) < 0
            ? last.size()
            : last.indexOf(QRegularExpression(QStringLiteral("[:@]"))));
    return last;
}

Result<std::variant<ImageSource, IsoSource, DiskSource>> sourceFrom(const PlanArguments& arguments)
{
    using Source = std::variant<ImageSource, IsoSource, DiskSource>;
    const QString text = QString::fromStdString(arguments.source);
    if (!arguments.isIso && !arguments.isDisk)
        return Source(ImageSource{ text });
    const QFileInfo file(text);
    if (!file.exists())
        return Error{ ErrorCode::NotFound, arguments.source + ": there is no such file", 0, {} };
    if (arguments.isDisk)
        return Source(DiskSource{ file.absoluteFilePath() });
    const auto diskBytes = parseSize(arguments.diskSize);
    if (!diskBytes)
        return diskBytes.error();
    return Source(IsoSource{ file.absoluteFilePath(), *diskBytes });
}

/// Appends what `parse` makes of each text; the first that makes no sense is the error.
template <typename List, typename Parse>
Result<> appendEach(const std::vector<std::string>& texts, List& list, Parse parse)
{
    for (const auto& text : texts) {
        auto one = parse(text);
        if (!one)
            return std::move(one).error();
        list.push_back(*std::move(one));
    }
    return {};
}

} // namespace

Result<Mount> mountFromText(const std::string& text)
{
    QStringList parts = QString::fromStdString(text).split(u':');
    Mount mount;
    if (parts.size() == 3 && readMountOptions(parts[2], mount.readOnly, mount.startsEmpty))
        parts.removeLast();
    if (parts.size() != 2 || parts[0].isEmpty() || !parts[1].startsWith(u'/'))
        return invalid("volume " + text + ": not SOURCE:TARGET[:ro,nocopy]", "Write it as /srv/www:/www:ro.");
    mount.source = parts[0].startsWith(u'.') ? QFileInfo(parts[0]).absoluteFilePath() : parts[0];
    mount.target = parts[1];
    if (mount.source.startsWith(u'/') && !QFileInfo::exists(mount.source))
        return Error{ ErrorCode::NotFound, "volume " + text + ": there is no " + mount.source.toStdString(), 0, {} };
    return mount;
}

Result<QString> environmentFromText(const std::string& text)
{
    const QString whole = QString::fromStdString(text);
    if (whole.indexOf(u'=') > 0)
        return whole;
    const QByteArray key = whole.toUtf8();
    if (whole.startsWith(u'=') || whole.isEmpty() || !qEnvironmentVariableIsSet(key.constData()))
        return invalid("environment " + text + ": not KEY=VALUE, and not set here either", {});
    return whole + QLatin1Char('=') + qEnvironmentVariable(key.constData());
}

Result<ResourceLimits> limitsFromText(const std::string& memory, const std::string& cpus, const std::string& pids)
{
    ResourceLimits limits;
    if (!memory.empty()) {
        const auto bytes = parseSize(memory);
        if (!bytes || *bytes == 0)
            return invalid("memory " + memory + ": not a size", "Write it as 256M or 1.5G.");
        limits.memoryBytes = *bytes;
    }
    if (!cpus.empty()) {
        bool isNumber = false;
        const double count = QString::fromStdString(cpus).toDouble(&isNumber);
        if (!isNumber || !(count >= 0.01 && count <= 4096))
            return invalid("cpus " + cpus + ": not a number of cores", "Write it as 1 or 0.5.");
        limits.cpus = count;
    }
    if (!pids.empty()) {
        const auto count = pids == "none" || pids == "-1" ? Result<std::uint64_t>(0) : parseNumber(pids);
        if (!count || *count > 4'194'304) // PID_MAX_LIMIT
            return invalid("pids " + pids + ": not a number of processes", "Write it as 512, or as none.");
        limits.pids = static_cast<std::uint32_t>(*count);
    }
    return limits;
}

QString planName(const PlanArguments& arguments)
{
    return arguments.name.empty() ? nameFrom(arguments) : QString::fromStdString(arguments.name);
}

Result<WorkloadPlan> planFrom(const PlanArguments& arguments)
{
    WorkloadPlan plan;
    auto source = sourceFrom(arguments);
    if (!source)
        return std::move(source).error();
    plan.source = *std::move(source);
    plan.name = planName(arguments);
    for (const auto& text : arguments.ports) {
        const auto ports = portsFromText(QString::fromStdString(text));
        if (!ports)
            return ports.error();
        plan.ports.insert(plan.ports.end(), ports->begin(), ports->end());
    }
    if (auto mounts = appendEach(arguments.mounts, plan.mounts, mountFromText); !mounts)
        return std::move(mounts).error();
    if (auto added = appendEach(arguments.environment, plan.environment, environmentFromText); !added)
        return std::move(added).error();
    auto limits = limitsFromText(arguments.memory, arguments.cpus, arguments.pids);
    if (!limits)
        return std::move(limits).error();
    plan.limits = *limits;
    auto upkeep = upkeepFrom(arguments.upkeep, {});
    if (!upkeep)
        return std::move(upkeep).error();
    plan.upkeep = *std::move(upkeep);
    plan.hasNetwork = !arguments.hasNoNetwork;
    QStringList networks;
    for (const auto& text : arguments.networks)
        networks << QString::fromStdString(text);
    if (auto added = addNetworks(networks, plan); !added)
        return std::move(added).error();
    plan.hasTerminal = arguments.hasTerminal;
    plan.hasInput = arguments.hasInput && !arguments.hasTerminal;
    for (const auto& word : arguments.command)
        plan.command << QString::fromStdString(word);
    if (auto applied = applyOptions(arguments.options, plan); !applied)
        return std::move(applied).error();
    if (const auto choice = machineChoiceFromWord(QString::fromStdString(arguments.machine)))
        setMachineChoice(plan.labels, *choice);
    return plan;
}

} // namespace twinhull
