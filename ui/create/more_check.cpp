// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/more_check.h"

#include "core/base/number_list.h"
#include "core/base/signal_name.h"
#include "core/base/text.h"
#include "core/twin/command_words.h"
#include "core/workload/option_text.h"
#include "ui/create/form_text.h"
#include "ui/widgets/error_text.h"

#include <QCoreApplication>
#include <QRegularExpression>

namespace twinhull {

namespace {

constexpr uint kLeastShares = 2;
constexpr uint kMostShares = 262'144;
constexpr std::uint64_t kLeastLogBytes = 4U << 10U; // as core/ipc/upkeep.h
constexpr std::uint64_t kMostLogBytes = std::uint64_t{ 1 } << 40U;
constexpr uint kMostLogFiles = 100;

QString sentence(const char* text)
{
    return QCoreApplication::translate("MoreCheck", text);
}

class MoreJudge {
public:
    MoreJudge(const CreateForm& form, const FormWorld& world) : m_form(form), m_more(form.more), m_world(world) { }

    FormProblems judge()
    {
        checkProcess();
        if (m_form.kind == NewWorkload::Container) {
            checkNetwork();
            checkSecurity();
            checkLimits();
            checkUpkeepText();
        }
        return std::move(m_problems);
    }

private:
    void say(FormField field, const QString& text) { m_problems.try_emplace(field, FieldProblem{ text, {}, {} }); }

    /// The first part that `parse` refuses, put into the sentence.
    template <typename Parse>
    void checkParts(FormField field, const QStringList& parts, const char* text, Parse parse)
    {
        for (const QString& part : parts) {
            if (!parse(part))
                return say(field, sentence(text).arg(part.left(60)));
        }
    }

    void checkProcess()
    {
        static const QRegularExpression kUser(QStringLiteral("\\A[^\\s:,]+(:[^\\s:,]+)?\\z"));
        const ProcessText& text = m_more.process;
        if (!text.user.isEmpty() && !kUser.match(text.user).hasMatch())
            say(FormField::User, sentence("Write it as web, 1000 or 1000:1000."));
        if (!text.workingFolder.isEmpty() && !text.workingFolder.startsWith(u'/'))
            say(FormField::WorkingFolder, sentence("A path inside begins with a slash."));
        if (!commandWords(text.entrypoint))
            say(FormField::Entrypoint, sentence("A quote is left open."));
        if (!text.hostName.isEmpty() && !checkHostName(text.hostName))
            say(FormField::HostName,
                sentence("Letters, digits, dashes and dots, at most 64; a letter or digit first and last."));
        if (!text.stopSignal.isEmpty() && !signalNumber(text.stopSignal.toStdString()))
            say(FormField::StopSignal, sentence("There is no such signal. Write it as SIGTERM or 15."));
        checkParts(FormField::LabelLines, environmentLines(text.labels),
            QT_TRANSLATE_NOOP("MoreCheck", "\"%1\" is not KEY=VALUE."), &labelFromText);
    }

    void checkNetwork()
    {
        const NetworkText& text = m_more.network;
        const bool isUseless = !m_form.hasNetwork;
        WorkloadPlan plan;
        plan.hasNetwork = m_form.hasNetwork;
        plan.ports = parsePorts(m_form.ports).items;
        if (const auto added = addNetworks(spacedParts(text.networks), plan); !added)
            say(FormField::Networks, errorParagraph(added.error()));
        if (isUseless && !text.nameServers.isEmpty())
            say(FormField::NameServers, sentence("Without a network no name server can be asked."));
        if (isUseless && !text.searchDomains.isEmpty())
            say(FormField::SearchDomains, sentence("Without a network no name server can be asked."));
        checkParts(FormField::NameServers, listParts(text.nameServers),
            QT_TRANSLATE_NOOP("MoreCheck", "%1 is no IPv4 address."),
            [](const QString& part) { return bool(checkNameServer(part)); });
        checkParts(FormField::SearchDomains, listParts(text.searchDomains),
            QT_TRANSLATE_NOOP("MoreCheck", "%1 is no domain."),
            [](const QString& part) { return bool(checkSearchDomain(part)); });
        checkParts(FormField::Hosts, listParts(text.hosts),
            QT_TRANSLATE_NOOP("MoreCheck", "\"%1\" is not NAME:ADDRESS, like db.lan:192.168.1.20."),
            &hostEntryFromText);
    }

    void checkSecurity()
    {
        const SecurityText& text = m_more.security;
        const char* unknown = QT_TRANSLATE_NOOP("MoreCheck", "There is no capability %1.");
        checkParts(FormField::AddedCapabilities, listParts(text.addedCapabilities), unknown, &capabilityFromText);
        checkParts(FormField::DroppedCapabilities, listParts(text.droppedCapabilities), unknown, &capabilityFromText);
        checkBothWays(text);
        if (text.seccomp == SeccompChoice::File && !m_world.isReadableFile(text.seccompPath))
            say(FormField::Seccomp, sentence("Choose a file with a profile."));
        checkParts(FormField::TemporaryFolders, spacedParts(text.temporaryFolders),
            QT_TRANSLATE_NOOP("MoreCheck", "\"%1\" is not a folder inside, like /cache:size=64m."),
            &temporaryFolderFromText);
        checkParts(FormField::Secrets, spacedParts(text.secrets),
            QT_TRANSLATE_NOOP("MoreCheck", "\"%1\" is not a secret, like key,target=tls.key,mode=0400."),
            &secretFromText);
        for (const QString& part : spacedParts(text.secrets)) {
            const auto secret = secretFromText(part);
            if (secret && !m_world.hasSecret(secret->name))
                return say(FormField::Secrets, sentence("There is no secret %1.").arg(secret->name));
        }
        checkParts(FormField::Devices, listParts(text.devices),
            QT_TRANSLATE_NOOP("MoreCheck", "\"%1\" is not a device, like /dev/snd/seq."), &deviceFromText);
        for (const QString& part : listParts(text.devices)) {
            const auto device = deviceFromText(part);
            if (device && !m_world.isUsableDevice(*device))
                return say(FormField::Devices, sentence("%1 is no device that you may open.").arg(device->source));
        }
    }

    void checkBothWays(const SecurityText& text)
    {
        QStringList added;
        for (const QString& part : listParts(text.addedCapabilities))
            if (const auto name = capabilityFromText(part))
                added << *name;
        for (const QString& part : listParts(text.droppedCapabilities)) {
            const auto name = capabilityFromText(part);
            if (name && added.contains(*name))
                return say(FormField::DroppedCapabilities, sentence("%1 is added and dropped.").arg(*name));
        }
    }

    void checkLimits()
    {
        const LimitText& text = m_more.limits;
        checkSwap(text.memoryAndSwap);
        checkCpus(text);
        constexpr FormField kRateFields[]
            = { FormField::ReadBytes, FormField::WriteBytes, FormField::ReadOperations, FormField::WriteOperations };
        for (std::size_t kind = 0; kind < text.deviceRates.size(); ++kind) {
            const bool isBytes = kind < 2;
            needController(kRateFields[kind], text.deviceRates[kind]);
            checkParts(kRateFields[kind], listParts(text.deviceRates[kind]),
                isBytes ? QT_TRANSLATE_NOOP("MoreCheck", "\"%1\" is not DISK:RATE, like /dev/sda:10M.")
                        : QT_TRANSLATE_NOOP("MoreCheck", "\"%1\" is not DISK:RATE, like /dev/sda:1000."),
                [kind](const QString& part) { return deviceRateFromText(part, static_cast<DeviceRateKind>(kind)); });
        }
    }

    void checkSwap(const QString& text)
    {
        if (text.isEmpty())
            return;
        needController(FormField::Swap, text);
        const auto bytes = swapFromText(text);
        if (!bytes)
            return say(FormField::Swap, sentence("Write memory and swap together as 512M, or -1 for no limit."));
        if (!m_form.limits.memoryBytes)
            return say(FormField::Swap, sentence("Give a memory limit with it."));
        if (*bytes >= 0 && static_cast<std::uint64_t>(*bytes) < *m_form.limits.memoryBytes)
            say(FormField::Swap, sentence("Memory and swap together are less than the memory limit."));
    }

    void checkCpus(const LimitText& text)
    {
        needController(FormField::CpuSet, text.cpuSet);
        const auto numbers = parseNumberList(text.cpuSet.toStdString());
        if (!numbers)
            say(FormField::CpuSet, sentence("Write it as 0-3,7."));
        else if (!numbers->empty() && numbers->back() >= static_cast<unsigned>(m_world.hostCpus))
            say(FormField::CpuSet, sentence("This computer has the processors 0 to %1.").arg(m_world.hostCpus - 1));
        needController(FormField::CpuShares, text.cpuShares);
        bool isNumber = false;
        const uint shares = text.cpuShares.toUInt(&isNumber);
        if (!text.cpuShares.isEmpty() && (!isNumber || shares < kLeastShares || shares > kMostShares))
            say(FormField::CpuShares, sentence("A number from 2 to 262144; usual is 1024."));
    }

    void checkUpkeepText()
    {
        const UpkeepText& text = m_more.upkeep;
        if (text.isRemovedAtEnd && text.restart.when != RestartPolicy::When::Never)
            say(FormField::Restart, sentence("What is removed when it ends cannot be started again."));
        checkLog(text);
        if (!text.hasNoHealthCheck)
            checkHealth(text);
    }

    void checkLog(const UpkeepText& text)
    {
        const auto bytes = parseSize(text.logSize.toStdString());
        if (!text.logSize.isEmpty() && (!bytes || *bytes < kLeastLogBytes || *bytes > kMostLogBytes))
            say(FormField::LogSize, sentence("Write it as 10M; from 4K to 1T."));
        bool isNumber = false;
        const uint files = text.logFiles.toUInt(&isNumber);
        if (!text.logFiles.isEmpty() && (!isNumber || files < 1 || files > kMostLogFiles))
            say(FormField::LogFiles, sentence("A number from 1 to 100; usual is 2."));
    }

    void checkHealth(const UpkeepText& text)
    {
        const auto interval = parseDuration(text.healthInterval.toStdString());
        if (!text.healthInterval.isEmpty()
            && (!interval || *interval < std::chrono::milliseconds(100) || *interval > std::chrono::hours(24)))
            say(FormField::HealthInterval, sentence("Write it as 30s or 2m; from 100ms to a day."));
        bool isNumber = false;
        const uint retries = text.healthRetries.toUInt(&isNumber);
        if (!text.healthRetries.isEmpty() && (!isNumber || retries < 1 || retries > 1000))
            say(FormField::HealthRetries, sentence("A number from 1 to 1000; usual is 3."));
        const auto image = m_world.findImage ? m_world.findImage(m_form.image) : std::nullopt;
        const bool hasDetails = !text.healthInterval.isEmpty() || !text.healthRetries.isEmpty()
            || text.onUnhealthy != UnhealthyAction::None;
        if (hasDetails && text.healthCommand.isEmpty() && image && image->health.test.empty())
            say(FormField::HealthCommand, sentence("The image has no check of its own, so it needs a command."));
    }

    void needController(FormField field, const QString& text)
    {
        if (text.isEmpty())
            return;
        if (const QString why = whyUseless(field, m_world); !why.isEmpty())
            say(field, why);
    }

    const CreateForm& m_form;
    const MoreForm& m_more;
    const FormWorld& m_world;
    FormProblems m_problems;
};

} // namespace

FormProblems checkMoreForm(const CreateForm& form, const FormWorld& world)
{
    return MoreJudge(form, world).judge();
}

QString controllerOf(FormField field)
{
    switch (field) {
    case FormField::Memory:
    case FormField::Swap:
        return QStringLiteral("memory");
    case FormField::Pids:
        return QStringLiteral("pids");
    case FormField::CpuSet:
        return QStringLiteral("cpuset");
    case FormField::Cpus:
    case FormField::CpuShares:
        return QStringLiteral("cpu");
    case FormField::ReadBytes:
    case FormField::WriteBytes:
    case FormField::ReadOperations:
    case FormField::WriteOperations:
        return QStringLiteral("io");
    default:
        return {};
    }
}

QString loginNote(const RestartPolicy& policy, const FormWorld& world)
{
    const bool isAlways = policy.when == RestartPolicy::When::Always;
    if (!isAlways && policy.when != RestartPolicy::When::UnlessStopped)
        return {};
    if (!world.isStartedAtLogin)
        return sentence("At login too, once that is on in the settings.");
    return isAlways ? sentence("At login too.") : sentence("At login too, unless you had stopped it.");
}

QString whyUseless(FormField field, const FormWorld& world)
{
    if (field == FormField::KeepId && !world.canKeepIds)
        return sentence("Not as root: your containers have the users of this computer already.");
    const QString controller = controllerOf(field);
    if (controller.isEmpty() || !world.controllers || world.controllers->contains(controller))
        return {};
    return sentence("Not on this computer: containers get no cgroup controller \"%1\" here.").arg(controller);
}

} // namespace twinhull
