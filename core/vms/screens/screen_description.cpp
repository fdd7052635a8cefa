// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/screens/screen_description.h"

#include "core/vms/domain/domain_xml.h"

#include <algorithm>

namespace twinhull {

namespace {

constexpr std::size_t kMostScreens = 32;
constexpr int kMostHeads = 64;
constexpr int kLastPort = 65535;

MachineScreen::Kind kindOfScreen(const QString& type)
{
    if (type == QLatin1String("vnc"))
        return MachineScreen::Kind::Vnc;
    return type == QLatin1String("spice") ? MachineScreen::Kind::Spice : MachineScreen::Kind::Other;
}

/// Unencrypted first: a SPICE server may have a port for TLS alone.
int portOf(xmlNodePtr graphics)
{
    for (const char* attribute : { "@port", "@tlsPort" }) {
        const int port = textAt(graphics, QLatin1String(attribute)).toInt();
        if (port > 0 && port <= kLastPort)
            return port;
    }
    return 0;
}

QString addressOf(const ScreenDescription& one)
{
    if (!one.socketPath.isEmpty())
        return one.socketPath;
    if (one.port == 0)
        return {};
    const QString host = one.host.contains(u':') ? u'[' + one.host + u']' : one.host;
    return QStringLiteral("%1:%2").arg(host).arg(one.port);
}

ScreenDescription describe(xmlNodePtr graphics)
{
    ScreenDescription one;
    one.screen.type = textAt(graphics, QStringLiteral("@type"));
    one.screen.kind = kindOfScreen(one.screen.type);
    one.port = portOf(graphics);
    one.socketPath = textAt(graphics, QStringLiteral("@socket"));
    one.host = textAt(graphics, QStringLiteral("@listen"));
    one.password = textAt(graphics, QStringLiteral("@passwd")).toUtf8();
    for (auto* listen : childElements(graphics)) {
        if (!isElement(listen, "listen"))
            continue;
        if (one.socketPath.isEmpty())
            one.socketPath = textAt(listen, QStringLiteral("@socket"));
        if (one.host.isEmpty())
            one.host = textAt(listen, QStringLiteral("@address"));
    }
    if (one.host.isEmpty() && one.port != 0)
        one.host = QStringLiteral("127.0.0.1"); // libvirt's default
    one.screen.address = addressOf(one);
    return one;
}

} // namespace

Result<std::vector<ScreenDescription>> screensOf(const QByteArray& domainXml)
{
    const auto xml = DomainXml::parse(domainXml);
    if (!xml)
        return xml.error();
    auto* devices = xml->devices();
    const int heads = textAt(devices, QStringLiteral("video/model@heads")).toInt();
    const auto inputs = childElements(devices);
    const bool hasTablet = std::any_of(inputs.begin(), inputs.end(), [](xmlNodePtr input) {
        return isElement(input, "input") && textAt(input, QStringLiteral("@type")) == QLatin1String("tablet");
    });
    std::vector<ScreenDescription> all;
    for (auto* child : childElements(devices)) {
        if (!isElement(child, "graphics") || all.size() == kMostScreens)
            continue;
        all.push_back(describe(child));
        all.back().screen.index = static_cast<int>(all.size()) - 1;
        all.back().screen.hasTablet = hasTablet;
        all.back().screen.heads = std::clamp(heads, 1, kMostHeads);
    }
    return all;
}

QString reachableHost(const QString& listenHost, const QString& remoteHost)
{
    const bool isAny = listenHost == QLatin1String("0.0.0.0") || listenHost == QLatin1String("::");
    if (remoteHost.isEmpty())
        return isAny ? QStringLiteral("127.0.0.1") : listenHost;
    if (isAny)
        return remoteHost;
    const bool isLoopback = listenHost.startsWith(QLatin1String("127.")) || listenHost == QLatin1String("::1")
        || listenHost == QLatin1String("localhost");
    return isLoopback ? QString() : listenHost;
}

} // namespace twinhull
