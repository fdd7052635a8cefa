// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/figure_text.h"
#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/verbs/image_verbs.h"
#include "app/twinhullctl/verbs/vm_verbs.h"
#include "core/base/text.h"
#include "core/workload/machine_guest.h"

#include <QJsonArray>
#include <QJsonObject>

namespace twinhull {

namespace {

struct GuestOptions {
    std::string name;
};

QJsonValue toldText(const QString& text)
{
    return text.isEmpty() ? QJsonValue() : QJsonValue(text);
}

QJsonValue toldBytes(const std::optional<std::uint64_t>& bytes)
{
    return bytes ? QJsonValue(static_cast<double>(*bytes)) : QJsonValue();
}

QJsonArray addressesOf(const GuestFacts& facts)
{
    QJsonArray all;
    for (const auto& each : facts.addresses)
        all.append(QJsonObject{
            { QStringLiteral("address"), each.address },
            { QStringLiteral("prefix"), static_cast<int>(each.prefix) },
            { QStringLiteral("device"), toldText(each.device) },
            { QStringLiteral("mac"), toldText(each.hardwareAddress) },
            { QStringLiteral("source"), nameOf(each.source) },
        });
    return all;
}

QJsonValue fileSystemsOf(const GuestFacts& facts)
{
    if (!facts.fileSystems)
        return {};
    QJsonArray all;
    for (const auto& each : *facts.fileSystems)
        all.append(QJsonObject{
            { QStringLiteral("mount_point"), each.mountPoint },
            { QStringLiteral("device"), toldText(each.device) },
            { QStringLiteral("type"), toldText(each.type) },
            { QStringLiteral("used_bytes"), toldBytes(each.usedBytes) },
            { QStringLiteral("size_bytes"), toldBytes(each.sizeBytes) },
        });
    return all;
}

QJsonValue usersOf(const GuestFacts& facts)
{
    if (!facts.users)
        return {};
    QJsonArray all;
    for (const auto& each : *facts.users)
        all.append(QJsonObject{
            { QStringLiteral("name"), each.name },
            { QStringLiteral("domain"), toldText(each.domain) },
            { QStringLiteral("since"), toldText(each.since.toUTC().toString(Qt::ISODate)) },
        });
    return all;
}

QJsonObject jsonOfFacts(const GuestFacts& facts)
{
    return { { QStringLiteral("agent"), nameOf(facts.agent) },
        { QStringLiteral("needs"), toldText(sentenceFor(facts.agent)) },
        { QStringLiteral("hostname"), toldText(facts.hostName) }, { QStringLiteral("system"), toldText(facts.system) },
        { QStringLiteral("kernel"), toldText(facts.kernel) }, { QStringLiteral("time_zone"), toldText(facts.timeZone) },
        { QStringLiteral("frozen"),
            facts.agent == GuestFacts::Agent::Answers ? QJsonValue(facts.isFrozen) : QJsonValue() },
        { QStringLiteral("users"), usersOf(facts) }, { QStringLiteral("file_systems"), fileSystemsOf(facts) },
        { QStringLiteral("addresses"), addressesOf(facts) } };
}

QString fillText(const GuestFileSystem& fileSystem)
{
    if (!fileSystem.usedBytes)
        return Program::tr("not told");
    return QString::fromStdString(formatBytes(*fileSystem.usedBytes) + " of " + formatBytes(*fileSystem.sizeBytes));
}

QString tableOfFacts(const GuestFacts& facts)
{
    TextTable table({ Program::tr("FACT"), Program::tr("VALUE"), Program::tr("FROM") });
    const QString agent = sourceText(GuestAddress::Source::Agent);
    const auto add = [&](const QString& fact, const QString& value) {
        if (!value.isEmpty())
            table.add({ fact, value, agent });
    };
    add(Program::tr("host name"), facts.hostName);
    add(Program::tr("system"), facts.system);
    add(Program::tr("kernel"), facts.kernel);
    add(Program::tr("time zone"), facts.timeZone);
    if (facts.agent == GuestFacts::Agent::Answers)
        add(Program::tr("freeze"), frozenText(facts));
    for (const auto& each : facts.addresses)
        table.add({ Program::tr("address"),
            QStringLiteral("%1/%2 %3").arg(each.address).arg(each.prefix).arg(each.device), sourceText(each.source) });
    for (const auto& each : facts.fileSystems.value_or(std::vector<GuestFileSystem>()))
        add(Program::tr("file system"), QStringLiteral("%1 %2 %3").arg(each.mountPoint, each.type, fillText(each)));
    for (const auto& each : facts.users.value_or(std::vector<GuestUser>()))
        add(Program::tr("user"), each.name);
    return table.toText();
}

void tellGuest(Program& program, const GuestOptions& options)
{
    const auto vm = chosenVm(program, options.name);
    if (!vm)
        return;
    const auto facts = std::make_shared<GuestFacts>();
    program.run(program.vms()->guest().read(*vm, facts), [&program, facts] {
        if (program.wantsJson()) {
            program.print(QJsonValue(jsonOfFacts(*facts)));
        } else {
            if (facts->agent == GuestFacts::Agent::Answers || !facts->addresses.empty())
                program.print(tableOfFacts(*facts));
            if (const QString needs = sentenceFor(facts->agent); !needs.isEmpty())
                program.note(needs);
        }
        program.finish();
    });
}

void syncGuestTime(Program& program, const GuestOptions& options)
{
    const auto vm = chosenVm(program, options.name);
    if (vm)
        program.run(program.vms()->guest().syncTime(*vm), [&program] { program.finish(); });
}

CLI::App& addGuestVerb(
    CLI::App& vm, ChosenVerb& chosen, const char* name, const char* about, void (*act)(Program&, const GuestOptions&))
{
    const auto options = std::make_shared<GuestOptions>();
    auto* verb = vm.add_subcommand(name, about);
    verb->add_option("NAME", options->name, "name or UUID")->required();
    onVerb(*verb, chosen, options, Need::Workloads, act);
    return *verb;
}

} // namespace

void addVmGuestVerbs(CLI::App& vm, ChosenVerb& chosen)
{
    addGuestVerb(
        vm, chosen, "guest", "what is inside: addresses, system, file systems, users (by qemu-guest-agent)", &tellGuest)
        .footer("Without an agent: the addresses that libvirt's leases and this computer's ARP table know. A channel\n"
                "for the agent is added with: twinhullctl vm attach NAME channel");
    addGuestVerb(vm, chosen, "time-sync", "sets the guest's clock to this computer's", &syncGuestTime);
}

} // namespace twinhull
