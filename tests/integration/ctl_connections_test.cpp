// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "tests/support/ctl.h"
#include "tests/support/libvirt_session.h"
#include "tests/support/other_libvirt.h"
#include "tests/support/temporary_world.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonObject>
#include <QTest>

#include <csignal>

#include <unistd.h>

using namespace twinhull;
using test::ctl;
using Words = std::vector<std::string>;

namespace {

constexpr auto kMachine = "<domain type='qemu'><name>%1</name><memory unit='MiB'>32</memory>"
                          "<os><type arch='x86_64' machine='q35'>hvm</type></os><devices/></domain>";

QJsonObject named(const test::CtlOutput& output, const char* name)
{
    for (const QJsonValue& one : output.json().array()) {
        if (one[u"name"] == QLatin1String(name))
            return one.toObject();
    }
    return {};
}

} // namespace

/// Several libvirt hosts by the command line: libvirt's own test driver, and a second session daemon that is stopped,
/// killed and started again while the first is worked with.
class CtlConnectionsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (::geteuid() != 0)
            QSKIP("needs root");
    }

    void workloadsOfAnotherAreListedAndWorkedWith()
    {
        does({ "connect", "test:///default" });
        const auto two = ctl({ "connections", "--json" });
        QCOMPARE(two.json().array().size(), 2);
        QCOMPARE(named(two, "home")[u"state"].toString(), QStringLiteral("connected"));
        QCOMPARE(named(two, "test")[u"state"].toString(), QStringLiteral("connected"));
        QCOMPARE(named(two, "test")[u"vms"].toInt(), 1);
        QVERIFY(!named(two, "test")[u"last_seen"].toString().isEmpty());
        const auto vm = named(ctl({ "list", "--json" }), "test");
        QCOMPARE(vm[u"connection"].toString(), QStringLiteral("test"));
        QVERIFY(vm[u"id"].toString().endsWith(u"@test"));
        QVERIFY(ctl({ "list" }).out.contains("CONNECTION"));
        const auto id = vm[u"id"].toString().toStdString();
        QVERIFY(ctl({ "--connect", "test", "vm", "xml", "test" }).out.contains("<domain"));
        does({ "group", id, "--to", "Far away" });
        QCOMPARE(
            named(ctl({ "list", "--group", "Far away", "--json" }), "test")[u"id"].toString(), vm[u"id"].toString());
        QVERIFY(ctl({ "--connect", "test", "stop", id, "--force", "--json" }).out.contains("stopped"));
        QVERIFY(ctl({ "stop", "test", "--force" }).exitCode != 0); // home has none of that name
    }

    void whatCannotBeAConnectionIsRefused_data()
    {
        QTest::addColumn<Words>("words");
        QTest::addColumn<QString>("why");
        const auto row = [](const char* name, Words words, const char* why) {
            QTest::newRow(name) << std::move(words) << QString::fromLatin1(why);
        };
        row("twice", { "connect", "test:///default", "--name", "again" }, "is there already, as test");
        row("home again", { "connect", "qemu:///session" }, "as home");
        row("same name", { "connect", "qemu:///system", "--name", "test" }, "named test already");
        row("no address", { "connect", "somewhere" }, "is no address");
        row("control character", { "connect", "qemu+ssh://h/sys\ntem" }, "is no address");
        row("no name", { "connect", "qemu:///system", "--name", "../x" }, "cannot name a connection");
        row("called home", { "connect", "qemu:///system", "--name", "home" }, "cannot name a connection");
        row("unknown name", { "--connect", "nobody", "list" }, "there is no connection nobody");
        row("forgotten twice", { "disconnect", "nobody" }, "there is no connection nobody");
    }

    void whatCannotBeAConnectionIsRefused()
    {
        QFETCH(Words, words);
        QFETCH(QString, why);
        const auto refused = ctl(words);
        QVERIFY2(refused.exitCode != 0 && QString::fromUtf8(refused.err).contains(why), qPrintable(refused.text()));
    }

    void oneThatCannotBeHadSaysWhatToDo()
    {
        const auto kept = ctl({ "connect", "xen:///system", "--name", "x" });
        QVERIFY2(kept.exitCode == 0 && kept.err.contains("x is kept") && kept.err.contains("libvirt-daemon-driver-xen"),
            qPrintable(kept.text()));
        const auto lost = named(ctl({ "connections", "--json" }), "x");
        QCOMPARE(lost[u"state"].toString(), QStringLiteral("lost"));
        QVERIFY(lost[u"vms"].isNull() && lost[u"last_seen"].isNull());
        does({ "disconnect", "x" });
    }

    void oneThatIsOpenedByNameOnlyIsNotListed()
    {
        does({ "disconnect", "test" });
        does({ "connect", "test:///default", "--name", "quiet", "--closed" });
        QVERIFY(named(ctl({ "list", "--json" }), "test").isEmpty());
        QCOMPARE(named(ctl({ "connections", "--json" }), "quiet")[u"state"].toString(), QStringLiteral("closed"));
        QVERIFY(!named(ctl({ "--connect", "quiet", "list", "--json" }), "test").isEmpty());
        does({ "disconnect", "quiet" });
    }

    void aHostThatHangsOrDiesHoldsUpNoOther()
    {
        QCOMPARE(m_other.start(), QString());
        does({ "connect", m_other.uri().toStdString(), "--name", "lab" });
        define("lab", "far");
        define("home", "near");
        does({ "--connect", "lab", "start", "far" });
        QVERIFY(isListedAsRunning("far"));

        m_other.signal(SIGSTOP);
        QElapsedTimer time;
        time.start();
        const auto listed = ctl({ "list", "--json" });
        QVERIFY2(time.elapsed() < 30'000, qPrintable(QString::number(time.elapsed())));
        QVERIFY2(!named(listed, "near").isEmpty() && listed.err.contains("VMs of lab are not listed"),
            qPrintable(listed.text()));
        does({ "vm", "xml", "near" }); // a verb opens the host that it is about, and no other

        m_other.signal(SIGCONT);
        m_other.kill();
        const auto lab = named(ctl({ "connections", "--json" }), "lab");
        QCOMPARE(lab[u"state"].toString(), QStringLiteral("lost"));
        QVERIFY(!lab[u"last_seen"].toString().isEmpty() && lab[u"error"].isObject());
        does({ "remove", "near" });

        QCOMPARE(m_other.start(), QString());
        QVERIFY(isListedAsRunning("far")); // it ran on
        does({ "--connect", "lab", "remove", "far" });
    }

    void vmsFromImagesStayHome()
    {
        const auto refused = ctl({ "--connect", "lab", "create", "--vm", "--name", "v", "no/image" });
        QVERIFY2(refused.exitCode != 0 && refused.err.contains("own connection only"), qPrintable(refused.text()));
    }

private:
    static void does(const std::vector<std::string>& arguments)
    {
        const auto done = ctl(arguments);
        QVERIFY2(done.exitCode == 0, qPrintable(done.text()));
    }

    /// A list waits three seconds for other hosts; on a busy computer one may be later.
    static bool isListedAsRunning(const char* name)
    {
        const auto isRunning = [name] {
            return named(ctl({ "list", "--json" }), name)[u"state"].toString() == QLatin1String("running");
        };
        return QTest::qWaitFor(isRunning, 30000);
    }

    void define(const char* connection, const char* name)
    {
        const auto file = m_world.path(QStringLiteral("machine.xml")).toStdString();
        QVERIFY(writeFileAtomically(file, QString::fromLatin1(kMachine).arg(QLatin1String(name)).toStdString()));
        does({ "--connect", connection, "vm", "define", file });
    }

    test::TemporaryWorld m_world;
    test::LibvirtSession m_session;
    test::OtherLibvirt m_other{ m_world.path(QStringLiteral("b")) };
};

QTEST_GUILESS_MAIN(CtlConnectionsTest)

#include "ctl_connections_test.moc"
