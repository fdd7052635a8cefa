// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/verbs/image_verbs.h"
#include "core/networks/network_jobs.h"
#include "core/workload/option_text.h"

#include <QDateTime>
#include <QJsonArray>

namespace twinhull {

namespace {

struct NetworkNames {
    std::vector<std::string> names;

    QStringList list() const
    {
        QStringList all;
        for (const auto& name : names)
            all << QString::fromStdString(name);
        return all;
    }
};

struct NetworkOptions {
    std::string name;
    std::vector<std::string> subnets;
    std::vector<std::string> gateways;
    std::vector<std::string> labels;
    bool hasIpv6 = false;
    bool isInternal = false;
};

QString networkTime(const NetworkDefinition& network)
{
    return QDateTime::fromMSecsSinceEpoch(network.createdMilliseconds).toUTC().toString(Qt::ISODate);
}

QJsonObject networkJson(const NetworkInfo& info)
{
    const auto& network = info.definition;
    QJsonArray subnets;
    for (const auto& [subnet, gateway] : { std::pair{ network.ipv4Subnet, network.ipv4Gateway },
             std::pair{ network.ipv6Subnet, network.ipv6Gateway } }) {
        if (!subnet.empty())
            subnets.append(QJsonObject{ { QStringLiteral("subnet"), QString::fromStdString(subnet) },
                { QStringLiteral("gateway"), QString::fromStdString(gateway) } });
    }
    QJsonObject labels;
    for (const auto& [key, value] : network.labels)
        labels.insert(QString::fromStdString(key), QString::fromStdString(value));
    QJsonArray containers;
    for (const auto& member : info.members)
        containers.append(QJsonObject{ { QStringLiteral("name"), member.name }, { QStringLiteral("ipv4"), member.ipv4 },
            { QStringLiteral("ipv6"), member.ipv6 } });
    return {
        { QStringLiteral("name"), QString::fromStdString(network.name) },
        { QStringLiteral("subnets"), subnets },
        { QStringLiteral("internal"), network.isInternal },
        { QStringLiteral("ipv6_enabled"), !network.ipv6Subnet.empty() },
        { QStringLiteral("labels"), labels },
        { QStringLiteral("created_at"), networkTime(network) },
        { QStringLiteral("used_by"), QJsonArray::fromStringList(info.users) },
        { QStringLiteral("containers"), containers },
    };
}

void printNetworks(Program& program, const std::vector<NetworkInfo>& networks)
{
    QJsonArray array;
    TextTable table({ QStringLiteral("NAME"), QStringLiteral("SUBNET"), QStringLiteral("IPV6"),
        QStringLiteral("INTERNAL"), QStringLiteral("USED BY") });
    for (const auto& info : networks) {
        array.append(networkJson(info));
        table.add({ QString::fromStdString(info.definition.name), QString::fromStdString(info.definition.ipv4Subnet),
            QString::fromStdString(info.definition.ipv6Subnet),
            info.definition.isInternal ? QStringLiteral("yes") : QStringLiteral("no"),
            info.users.join(QStringLiteral(", ")) });
    }
    if (program.wantsJson())
        program.print(QJsonValue(array));
    else
        program.print(table.toText());
    program.finish();
}

void withNetworks(Program& program, const QStringList& names, std::function<void(const std::vector<NetworkInfo>&)> then)
{
    const auto networks = std::make_shared<std::vector<NetworkInfo>>();
    program.run(
        readNetworksJob(program.folders(), names, networks), [networks, then = std::move(then)] { then(*networks); });
}

void listNetworkNames(Program& program, const NetworkNames& options)
{
    withNetworks(program, options.list(),
        [&program](const std::vector<NetworkInfo>& networks) { printNetworks(program, networks); });
}

/// JSON either way: all there is to know.
void inspectNetworks(Program& program, const NetworkNames& options)
{
    withNetworks(program, options.list(), [&program](const std::vector<NetworkInfo>& networks) {
        QJsonArray array;
        for (const auto& info : networks)
            array.append(networkJson(info));
        program.print(QJsonValue(array));
        program.finish();
    });
}

void printNetworkNames(Program& program, const QStringList& names)
{
    if (program.wantsJson())
        program.print(QJsonValue(QJsonArray::fromStringList(names)));
    else
        program.print(names.join(u'\n') + u'\n');
    program.finish();
}

void createNetworkOf(Program& program, const NetworkOptions& options)
{
    NetworkWish wish;
    wish.name = QString::fromStdString(options.name);
    for (const auto& text : options.subnets)
        wish.subnets << QString::fromStdString(text);
    for (const auto& text : options.gateways)
        wish.gateways << QString::fromStdString(text);
    wish.hasIpv6 = options.hasIpv6;
    wish.isInternal = options.isInternal;
    for (const auto& text : options.labels) {
        const auto label = labelFromText(QString::fromStdString(text));
        if (!label) {
            program.fail(label.error());
            return;
        }
        wish.labels[label->first.toStdString()] = label->second.toStdString();
    }
    program.run(createNetworkJob(program.folders(), wish),
        [&program, name = wish.name] { printNetworkNames(program, { name }); });
}

void removeNetworksOf(Program& program, const NetworkNames& options)
{
    std::vector<std::unique_ptr<Job>> jobs;
    for (const QString& name : options.list())
        jobs.push_back(removeNetworkJob(program.folders(), name));
    program.runAll(std::move(jobs), [&program, names = options.list()] { printNetworkNames(program, names); });
}

void addNetworkCreateVerb(CLI::App& networks, ChosenVerb& chosen)
{
    const auto options = std::make_shared<NetworkOptions>();
    auto* verb = networks.add_subcommand("create", "one that containers join with --network NAME");
    verb->add_option("NAME", options->name)->required();
    verb->add_option("--subnet", options->subnets, "10.1.0.0/24, fd00:1::/64; else a free one")
        ->type_name("SUBNET")
        ->allow_extra_args(false);
    verb->add_option("--gateway", options->gateways, "in the subnet; else its first address")
        ->type_name("ADDRESS")
        ->allow_extra_args(false);
    verb->add_flag("--ipv6", options->hasIpv6, "IPv6 as well");
    verb->add_flag("--internal", options->isInternal, "no way out of it");
    verb->add_option("--label", options->labels, "KEY=VALUE")->type_name("LABEL")->allow_extra_args(false);
    onVerb(*verb, chosen, options, Need::Images, &createNetworkOf);
}

} // namespace

void addNetworkVerbs(CLI::App& app, ChosenVerb& chosen)
{
    auto* networks = app.add_subcommand("network", "networks where containers find each other by name");
    networks->require_subcommand(1);
    networks->fallthrough();
    const auto names = std::make_shared<NetworkNames>();
    auto* listVerb = networks->add_subcommand("list", "what there is, and who is in it");
    listVerb->add_option("NAME", names->names, "all by default");
    onVerb(*listVerb, chosen, names, Need::Images, &listNetworkNames);
    addNetworkCreateVerb(*networks, chosen);
    auto* removeVerb = networks->add_subcommand("remove", "networks that no container is made with");
    removeVerb->add_option("NAME", names->names)->required();
    onVerb(*removeVerb, chosen, names, Need::Images, &removeNetworksOf);
    auto* inspectVerb = networks->add_subcommand("inspect", "all of it, as JSON");
    inspectVerb->add_option("NAME", names->names)->required();
    onVerb(*inspectVerb, chosen, names, Need::Images, &inspectNetworks);
}

} // namespace twinhull
