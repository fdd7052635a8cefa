// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/ip_subnet.h"
#include "core/workload/option_text.h"
#include "core/workload/workload_plan.h"

#include <QRegularExpression>

namespace twinhull {

namespace {

Error badNetworkText(const QString& text, const char* problem)
{
    return Error{ ErrorCode::InvalidArgument, "network " + text.toStdString() + ": " + problem, 0,
        "Write it as none, host, user or NAME:alias=db,store:ip=10.89.0.7:ip6=fd00::7." };
}

bool isAlias(const QString& name)
{
    static const QRegularExpression kAlias(QStringLiteral("\\A[A-Za-z0-9_]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9_])?\\z"));
    return kAlias.match(name).hasMatch();
}

Result<> addUseOption(const QString& option, const QString& whole, NetworkUse& use)
{
    const QString value = option.section(u'=', 1);
    if (option.startsWith(u"alias=")) {
        for (const QString& alias : value.split(u',')) {
            if (!isAlias(alias))
                return badNetworkText(whole, "not a name for an alias");
            use.aliases << alias;
        }
        return {};
    }
    const bool isV6 = option.startsWith(u"ip6=");
    const auto address = IpAddress::parse(value.toStdString());
    if (!option.startsWith(isV6 ? u"ip6=" : u"ip=") || !address || (address->family == IpFamily::V6) != isV6)
        return badNetworkText(whole, "no such option or address");
    (isV6 ? use.ipv6 : use.ipv4) = QString::fromStdString(address->text());
    return {};
}

} // namespace

Result<NetworkUse> networkUseFromText(const QString& text)
{
    static const QRegularExpression kBetween(QStringLiteral("[:,](?=(?:alias|ip|ip6)=)"));
    QStringList parts = text.split(kBetween);
    NetworkUse use;
    use.name = parts.takeFirst().trimmed();
    if (use.name.isEmpty() || use.name.contains(u':'))
        return badNetworkText(text, "not a network");
    for (const QString& option : parts) {
        if (auto added = addUseOption(option, text, use); !added)
            return std::move(added).error();
    }
    if (use.aliases.size() > kMostAliases)
        return badNetworkText(text, "too many aliases");
    return use;
}

QString networkUseText(const NetworkUse& use)
{
    QString text = use.name;
    if (!use.aliases.isEmpty())
        text += QStringLiteral(":alias=") + use.aliases.join(u',');
    if (!use.ipv4.isEmpty())
        text += QStringLiteral(":ip=") + use.ipv4;
    if (!use.ipv6.isEmpty())
        text += QStringLiteral(":ip6=") + use.ipv6;
    return text;
}

Result<> addNetworks(const QStringList& texts, WorkloadPlan& plan)
{
    for (const QString& text : texts) {
        const bool isMode = text == u"none" || text == u"host" || text == u"user";
        if (isMode && texts.size() > 1)
            return badNetworkText(text, "cannot be together with others");
        plan.hasNetwork = plan.hasNetwork && text != u"none";
        plan.hasHostNetwork = plan.hasHostNetwork || text == u"host";
        auto use = isMode ? Result<NetworkUse>(NetworkUse{}) : networkUseFromText(text);
        if (!use)
            return std::move(use).error();
        if (!isMode)
            plan.networks.push_back(*std::move(use));
    }
    return checkNetworks(plan);
}

Result<> checkNetworks(const WorkloadPlan& plan)
{
    const auto refuse = [](const char* what, const char* hint) {
        return Error{ ErrorCode::InvalidArgument, what, 0, hint };
    };
    if (plan.networks.size() > kMostNetworkUses)
        return refuse("more than 16 networks", "Use fewer networks.");
    if (!plan.hasNetwork && (plan.hasHostNetwork || !plan.networks.empty()))
        return refuse("no network and a network at once", "Leave out --no-network, or the networks.");
    if (plan.hasHostNetwork && !plan.networks.empty())
        return refuse("this computer's network and another at once", "Leave one of them out.");
    if (plan.hasHostNetwork && !plan.ports.empty())
        return refuse("with this computer's own network no port can be published",
            "Leave the ports out: what listens inside listens here.");
    for (std::size_t i = 0; i < plan.networks.size(); ++i) {
        if (auto read = networkUseFromText(networkUseText(plan.networks[i])); !read)
            return std::move(read).error();
        for (std::size_t j = 0; j < i; ++j) {
            if (plan.networks[i].name == plan.networks[j].name)
                return badNetworkText(plan.networks[i].name, "given twice");
        }
    }
    return {};
}

} // namespace twinhull
