// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/verbs/definition_verbs.h"
#include "app/twinhullctl/verbs/image_verbs.h"
#include "app/twinhullctl/verbs/vm_verbs.h"
#include "core/workload/machine_networks.h"

#include <QJsonArray>
#include <QJsonObject>

namespace twinhull {

namespace {

struct VirtualNetworkNames {
    std::vector<std::string> names;

    QStringList list() const
    {
        QStringList all;
        for (const auto& name : names)
            all << QString::fromStdString(name);
        return all;
    }
};

struct VirtualNetworkMaking {
    std::string name;
    std::string mode = "nat";
    std::string bridge;
    std::string device;
    std::string domain;
    std::vector<std::string> addresses;
    std::string range;
    bool hasNoDhcp = false;
    bool isNotAutostarted = false;
};

struct VirtualNetworkSwitch {
    std::string name;
    std::string isOn;
};

struct ReservationOptions {
    std::string network;
    std::string mac;
    std::string address;
    std::string hostName;
};

using NetworksThen = std::function<void(const std::vector<MachineNetwork>&)>;

MachineNetworks* machineNetworksOf(Program& program)
{
    if (const auto available = program.vms()->availability(); !available) {
        program.fail(available.error());
        return nullptr;
    }
    return &program.vms()->networks();
}

void withNetworks(Program& program, const VirtualNetworkNames& names, const NetworksThen& then)
{
    auto* networks = machineNetworksOf(program);
    if (networks == nullptr)
        return;
    const auto found = std::make_shared<std::vector<MachineNetwork>>();
    program.run(networks->readNetworks(names.list(), found), [&program, found, then] {
        then(*found);
        program.finish();
    });
}

QJsonArray leasesJson(const MachineNetwork& network)
{
    QJsonArray leases;
    for (const auto& lease : network.leases)
        leases.append(QJsonObject{ { QStringLiteral("network"), network.name }, { QStringLiteral("mac"), lease.mac },
            { QStringLiteral("address"), lease.address }, { QStringLiteral("host_name"), lease.hostName },
            { QStringLiteral("expires_at"), lease.expires.toUTC().toString(Qt::ISODate) } });
    return leases;
}

QJsonObject virtualNetworkJson(const MachineNetwork& network)
{
    QJsonArray reservations;
    for (const auto& each : network.reservations)
        reservations.append(QJsonObject{ { QStringLiteral("mac"), each.mac },
            { QStringLiteral("address"), each.address }, { QStringLiteral("host_name"), each.hostName } });
    return { { QStringLiteral("name"), network.name }, { QStringLiteral("uuid"), network.uuid },
        { QStringLiteral("mode"), network.mode }, { QStringLiteral("bridge"), network.bridge },
        { QStringLiteral("device"), network.device }, { QStringLiteral("domain"), network.domain },
        { QStringLiteral("addresses"), QJsonArray::fromStringList(network.addresses) },
        { QStringLiteral("dhcp_ranges"), QJsonArray::fromStringList(network.ranges) },
        { QStringLiteral("running"), network.isRunning }, { QStringLiteral("persistent"), network.isPersistent },
        { QStringLiteral("autostart"), network.isAutostarted }, { QStringLiteral("reservations"), reservations },
        { QStringLiteral("leases"), leasesJson(network) },
        { QStringLiteral("used_by"), QJsonArray::fromStringList(network.users) },
        { QStringLiteral("running_users"), QJsonArray::fromStringList(network.runningUsers) } };
}

void listVirtualNetworks(Program& program, const VirtualNetworkNames& options)
{
    withNetworks(program, options, [&program](const std::vector<MachineNetwork>& networks) {
        QJsonArray array;
        TextTable table(
            { QStringLiteral("NAME"), QStringLiteral("KIND"), QStringLiteral("STATE"), QStringLiteral("AUTOSTART"),
                QStringLiteral("BRIDGE"), QStringLiteral("ADDRESSES"), QStringLiteral("USED BY") });
        for (const auto& network : networks) {
            array.append(virtualNetworkJson(network));
            table.add({ network.name, network.mode, network.isRunning ? Program::tr("running") : Program::tr("stopped"),
                network.isAutostarted ? Program::tr("yes") : Program::tr("no"), network.bridge,
                network.addresses.join(QStringLiteral(", ")), network.users.join(QStringLiteral(", ")) });
        }
        if (program.wantsJson())
            program.print(QJsonValue(array));
        else
            program.print(table.toText());
    });
}

void showVirtualNetworks(Program& program, const VirtualNetworkNames& options)
{
    withNetworks(program, options, [&program](const std::vector<MachineNetwork>& networks) {
        QJsonArray array; // JSON with or without --json, as `network inspect`
        for (const auto& network : networks)
            array.append(virtualNetworkJson(network));
        program.print(QJsonValue(array));
    });
}

void listLeases(Program& program, const VirtualNetworkNames& options)
{
    withNetworks(program, options, [&program](const std::vector<MachineNetwork>& networks) {
        QJsonArray array;
        TextTable table({ QStringLiteral("NETWORK"), QStringLiteral("MAC"), QStringLiteral("ADDRESS"),
            QStringLiteral("HOST NAME"), QStringLiteral("UNTIL") });
        for (const auto& network : networks) {
            for (const auto& value : leasesJson(network))
                array.append(value);
            for (const auto& lease : network.leases)
                table.add({ network.name, lease.mac, lease.address, lease.hostName,
                    lease.expires.toUTC().toString(Qt::ISODate) });
        }
        if (program.wantsJson())
            program.print(QJsonValue(array));
        else
            program.print(table.toText());
    });
}

void createVirtualNetwork(Program& program, const VirtualNetworkMaking& options)
{
    MachineNetworkWish wish;
    wish.name = QString::fromStdString(options.name);
    wish.mode = QString::fromStdString(options.mode);
    wish.bridge = QString::fromStdString(options.bridge);
    wish.device = QString::fromStdString(options.device);
    wish.domain = QString::fromStdString(options.domain);
    wish.range = QString::fromStdString(options.range);
    wish.hasDhcp = !options.hasNoDhcp;
    wish.isAutostarted = !options.isNotAutostarted;
    for (const auto& address : options.addresses)
        wish.addresses << QString::fromStdString(address);
    if (auto* networks = machineNetworksOf(program))
        program.run(networks->createNetwork(wish), [&program] { program.finish(); });
}

template <NetworkChange change>
void changeVirtualNetworks(Program& program, const VirtualNetworkNames& options)
{
    auto* networks = machineNetworksOf(program);
    if (networks == nullptr)
        return;
    std::vector<std::unique_ptr<Job>> jobs;
    for (const QString& name : options.list())
        jobs.push_back(networks->changeNetwork(name, change));
    program.runAll(std::move(jobs), [&program] { program.finish(); });
}

void autostartVirtualNetwork(Program& program, const VirtualNetworkSwitch& options)
{
    const auto change = options.isOn == "on" ? NetworkChange::Autostart : NetworkChange::NoAutostart;
    if (auto* networks = machineNetworksOf(program))
        program.run(
            networks->changeNetwork(QString::fromStdString(options.name), change), [&program] { program.finish(); });
}

void reserveAddress(Program& program, const ReservationOptions& options)
{
    const NetworkReservation reservation{ QString::fromStdString(options.mac), QString::fromStdString(options.address),
        QString::fromStdString(options.hostName) };
    if (auto* networks = machineNetworksOf(program))
        program.run(
            networks->reserve(QString::fromStdString(options.network), reservation), [&program] { program.finish(); });
}

void releaseAddress(Program& program, const ReservationOptions& options)
{
    if (auto* networks = machineNetworksOf(program))
        program.run(networks->release(QString::fromStdString(options.network), QString::fromStdString(options.mac)),
            [&program] { program.finish(); });
}

void addNamesVerb(CLI::App& networks, ChosenVerb& chosen, const char* name, const char* about,
    void (*act)(Program&, const VirtualNetworkNames&), bool isRequired = true)
{
    const auto names = std::make_shared<VirtualNetworkNames>();
    auto* verb = networks.add_subcommand(name, about);
    verb->add_option("NAME", names->names, isRequired ? "" : "all by default")->required(isRequired);
    onVerb(*verb, chosen, names, Need::Workloads, act);
}

void addMakingVerb(CLI::App& networks, ChosenVerb& chosen)
{
    const auto making = std::make_shared<VirtualNetworkMaking>();
    auto* verb = networks.add_subcommand("create", "defines a network and starts it");
    verb->add_option("NAME", making->name)->required();
    verb->add_option("--mode", making->mode, "nat (default), route, open, isolated, or bridge: one of the host's")
        ->check(CLI::IsMember({ "nat", "route", "open", "isolated", "bridge" }));
    verb->add_option("--address", making->addresses, "the host's in it, 10.1.0.1/24 or fd00:1::1/64; a free one")
        ->type_name("ADDRESS/BITS");
    verb->add_option("--range", making->range, "what DHCP gives away: FIRST-LAST; all of the subnet");
    verb->add_flag("--no-dhcp", making->hasNoDhcp, "give no addresses away");
    verb->add_option("--domain", making->domain, "of the names that its DNS answers");
    verb->add_option("--bridge", making->bridge, "with --mode bridge the host's, else the new one's name");
    verb->add_option("--device", making->device, "the only way out, with nat and route");
    verb->add_flag("--no-autostart", making->isNotAutostarted, "do not start it with libvirt");
    onVerb(*verb, chosen, making, Need::Workloads, &createVirtualNetwork);
}

void addReservationVerbs(CLI::App& networks, ChosenVerb& chosen)
{
    const auto keeping = std::make_shared<ReservationOptions>();
    auto* reserve = networks.add_subcommand("reserve", "keeps an address for a network card");
    reserve->add_option("NETWORK", keeping->network)->required();
    reserve->add_option("MAC", keeping->mac)->required();
    reserve->add_option("ADDRESS", keeping->address)->required();
    reserve->add_option("--host-name", keeping->hostName, "that its DNS answers");
    onVerb(*reserve, chosen, keeping, Need::Workloads, &reserveAddress);
    const auto releasing = std::make_shared<ReservationOptions>();
    auto* release = networks.add_subcommand("release", "lets go of it");
    release->add_option("NETWORK", releasing->network)->required();
    release->add_option("MAC", releasing->mac)->required();
    onVerb(*release, chosen, releasing, Need::Workloads, &releaseAddress);
}

} // namespace

void addVmNetworkVerbs(CLI::App& vm, ChosenVerb& chosen)
{
    auto* networks = vm.add_subcommand("network", "virtual networks of libvirt");
    networks->require_subcommand(1);
    networks->fallthrough();
    addNamesVerb(*networks, chosen, "list", "what there is and who uses it", &listVirtualNetworks, false);
    addNamesVerb(*networks, chosen, "info", "all of them, as JSON", &showVirtualNetworks);
    addNamesVerb(*networks, chosen, "leases", "addresses that DHCP gave away", &listLeases, false);
    addMakingVerb(*networks, chosen);
    addNamesVerb(*networks, chosen, "start", "needs root's libvirt: --connect qemu:///system",
        &changeVirtualNetworks<NetworkChange::Start>);
    addNamesVerb(
        *networks, chosen, "stop", "networks that no running VM is in", &changeVirtualNetworks<NetworkChange::Stop>);
    addNamesVerb(*networks, chosen, "remove", "networks that no VM is defined with",
        &changeVirtualNetworks<NetworkChange::Remove>);
    const auto starting = std::make_shared<VirtualNetworkSwitch>();
    auto* autostart = networks->add_subcommand("autostart", "whether it starts with libvirt");
    autostart->add_option("NAME", starting->name)->required();
    autostart->add_option("on|off", starting->isOn)->required()->check(CLI::IsMember({ "on", "off" }));
    onVerb(*autostart, chosen, starting, Need::Workloads, &autostartVirtualNetwork);
    addReservationVerbs(*networks, chosen);
    addDefinitionVerb(*networks, chosen,
        { "vm network", [](Program& program) -> NamedDefinitions* { return machineNetworksOf(program); } });
}

} // namespace twinhull
