// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/networks/networks.h"

#include "core/base/files.h"
#include "core/ipc/container_folder.h"
#include "tests/support/temporary_world.h"

#include <QTest>

using namespace twinhull;
using namespace twinhull::test;

class NetworksTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<TemporaryWorld>(); }

    void choosesWhatIsLeftOut()
    {
        QCOMPARE(make("back")->ipv4Subnet, std::string("10.89.0.0/24"));
        const auto front = make("front", {}, true);
        QCOMPARE(front->ipv4Subnet, std::string("10.89.1.0/24"));
        QCOMPARE(front->ipv4Gateway, std::string("10.89.1.1"));
        QVERIFY(QString::fromStdString(front->ipv6Subnet).startsWith(QLatin1String("fd")));
        QVERIFY(QString::fromStdString(front->ipv6Gateway).endsWith(QLatin1String("::1")));
        const auto all = listNetworks(m_world->folders());
        QCOMPARE(all->size(), std::size_t{ 2 });
        QVERIFY(all->back().definition == *front);
    }

    void takesWhatIsWished()
    {
        NetworkWish wish{ QStringLiteral("n"), { QStringLiteral("10.7.0.9/16"), QStringLiteral("fd07::/64") },
            { QStringLiteral("fd07::9"), QStringLiteral("10.7.1.1") }, false, true, { { "k", "v" } } };
        const auto made = createNetwork(m_world->folders(), wish);
        QVERIFY2(made, made ? "" : made.error().message.c_str());
        QCOMPARE(made->ipv4Subnet, std::string("10.7.0.0/16"));
        QCOMPARE(made->ipv4Gateway, std::string("10.7.1.1"));
        QCOMPARE(made->ipv6Gateway, std::string("fd07::9"));
        QVERIFY(made->isInternal && made->labels.at("k") == "v");
    }

    void refusesWhatMakesNoSense_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QStringList>("subnets");
        QTest::addColumn<QStringList>("gateways");
        QTest::addColumn<QString>("told");
        const auto row = [](const char* title, const char* name, const QStringList& subnets,
                             const QStringList& gateways, const char* told) {
            QTest::newRow(title) << QString::fromLatin1(name) << subnets << gateways << QString::fromLatin1(told);
        };
        row("a mode", "host", {}, {}, "host");
        row("a path", "../x", {}, {}, "../x");
        row("no subnet", "n", { QStringLiteral("10.1.0.0") }, {}, "10.1.0.0");
        row("too small", "n", { QStringLiteral("10.1.0.0/31") }, {}, "10.1.0.0/31");
        row("two of a kind", "n", { QStringLiteral("10.1.0.0/24"), QStringLiteral("10.2.0.0/24") }, {}, "10.2.0.0/24");
        row("overlaps another", "n", { QStringLiteral("10.50.0.128/25") }, {}, "there");
        row("overlaps the helper's", "n", { QStringLiteral("10.0.0.0/8") }, {}, "10.0.2.0/24");
        row("a gateway elsewhere", "n", { QStringLiteral("10.1.0.0/24") }, { QStringLiteral("10.2.0.1") }, "10.2.0.1");
        row("the last address", "n", { QStringLiteral("10.1.0.0/24") }, { QStringLiteral("10.1.0.255") }, "10.1.0.255");
        row("taken", "there", {}, {}, "already");
    }
    void refusesWhatMakesNoSense()
    {
        QFETCH(QString, name);
        QFETCH(QStringList, subnets);
        QFETCH(QStringList, gateways);
        QFETCH(QString, told);
        QVERIFY(make("there", { QStringLiteral("10.50.0.0/24") }));
        const auto made = createNetwork(m_world->folders(), { name, subnets, gateways, false, false, {} });
        QVERIFY(!made);
        QVERIFY2(QString::fromStdString(made.error().message).contains(told), made.error().message.c_str());
        QCOMPARE(listNetworks(m_world->folders())->size(), std::size_t{ 1 });
    }

    void tellsWhoUsesItAndKeepsIt()
    {
        QVERIFY(make("back"));
        ContainerSettings settings;
        settings.id = "1";
        settings.name = "web";
        settings.networks = { { "back", {}, {}, {} } };
        const std::string folder = m_world->folders().containers() + "/1";
        QVERIFY(makeFolders(folder));
        QVERIFY(writeFileAtomically(folder + "/" + kContainerSettingsName, encodeContainerSettings(settings)));
        QCOMPARE(findNetwork(m_world->folders(), QStringLiteral("back"))->users, QStringList{ QStringLiteral("web") });
        const auto removed = removeNetwork(m_world->folders(), QStringLiteral("back"));
        QCOMPARE(removed.error().code, ErrorCode::Busy);
        QVERIFY(removed.error().message.find("web") != std::string::npos);
        QVERIFY(removeTree(folder));
        QVERIFY(removeNetwork(m_world->folders(), QStringLiteral("back")));
        QCOMPARE(findNetwork(m_world->folders(), QStringLiteral("back")).error().code, ErrorCode::NotFound);
        QCOMPARE(removeNetwork(m_world->folders(), QStringLiteral("back")).error().code, ErrorCode::NotFound);
    }

    void checksWhatAContainerWants()
    {
        QVERIFY(make("back"));
        const auto check = [this](const ContainerNetwork& use) { return definitionsOf(m_world->folders(), { use }); };
        QVERIFY(check({ "back", {}, "10.89.0.9", {} }));
        QCOMPARE(check({ "none-such", {}, {}, {} }).error().code, ErrorCode::NotFound);
        for (const auto& use : { ContainerNetwork{ "back", {}, "10.88.0.9", {} }, { "back", {}, "10.89.0.1", {} },
                 { "back", {}, {}, "fd00::9" }, { "../back", {}, {}, {} } })
            QCOMPARE(check(use).error().code, ErrorCode::InvalidArgument);
    }

private:
    Result<NetworkDefinition> make(const char* name, const QStringList& subnets = {}, bool hasIpv6 = false)
    {
        return createNetwork(m_world->folders(), { QString::fromLatin1(name), subnets, {}, hasIpv6, false, {} });
    }

    std::unique_ptr<TemporaryWorld> m_world;
};

QTEST_GUILESS_MAIN(NetworksTest)
#include "networks_test.moc"
