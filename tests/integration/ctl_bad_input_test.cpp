// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/ctl.h"
#include "tests/support/temporary_world.h"

#include <QDirIterator>
#include <QFile>
#include <QHostAddress>
#include <QTcpServer>
#include <QTest>

using namespace twinhull;
using test::ctl;

namespace {

/// A libvirt that nobody can reach.
const char* const kNoLibvirt = "qemu+unix:///session?socket=/nonexistent/libvirt-sock";

using Arguments = std::vector<std::string>;

} // namespace

Q_DECLARE_METATYPE(Arguments)

/// Bad input: one sentence with cause and next step, an exit code that says which kind, and nothing left behind.
class CtlBadInputTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const auto made = ctl({ "images", "starter" });
        QVERIFY2(made.exitCode == 0, qPrintable(made.text()));
        const auto taken = ctl({ "create", "--name", "taken", "starter" });
        QVERIFY2(taken.exitCode == 0, qPrintable(taken.text()));
        QVERIFY(m_listener.listen(QHostAddress::LocalHost));
        QFile cut(m_world.path(QStringLiteral("cut.tar")));
        QVERIFY(cut.open(QIODevice::WriteOnly));
        cut.write(QByteArray("oci-layout").leftJustified(700, '\0'));
    }

    void cleanupTestCase() { ctl({ "remove", "taken", "--kind", "container" }); }

    void isToldInOneSentenceAndLeavesNothing_data()
    {
        QTest::addColumn<Arguments>("arguments");
        QTest::addColumn<int>("exitCode");
        QTest::newRow("no verb") << Arguments{} << 2;
        QTest::newRow("unknown verb") << Arguments{ "frobnicate" } << 2;
        QTest::newRow("unknown option") << Arguments{ "list", "--frobnicate" } << 2;
        QTest::newRow("unknown option before an image") << Arguments{ "create", "--frobnicate", "starter" } << 2;
        QTest::newRow("memory that is no size") << Arguments{ "create", "--memory", "lots", "starter" } << 2;
        QTest::newRow("no cores") << Arguments{ "create", "--cpus", "0", "starter" } << 2;
        QTest::newRow("port that is none") << Arguments{ "create", "-p", "99999:80", "starter" } << 2;
        QTest::newRow("volume without a target") << Arguments{ "create", "-v", "/srv", "starter" } << 2;
        QTest::newRow("volume that is not there") << Arguments{ "create", "-v", "/nonexistent:/x", "starter" } << 3;
        QTest::newRow("report of unknown kind") << Arguments{ "twin", "run", "starter", "--report", "x.pdf" } << 2;
        QTest::newRow("unknown image") << Arguments{ "create", "nobody/nothing" } << 3;
        QTest::newRow("unknown image of a twin") << Arguments{ "twin", "run", "nobody/nothing" } << 3;
        QTest::newRow("unknown workload") << Arguments{ "start", "nobody", "--kind", "container" } << 3;
        QTest::newRow("unknown twin") << Arguments{ "twin", "stop", "nobody" } << 3;
        QTest::newRow("unknown file") << Arguments{ "images", "load", "/nonexistent" } << 3;
        QTest::newRow("unknown image to remove") << Arguments{ "images", "remove", "nobody/nothing" } << 3;
        QTest::newRow("no kernel") << Arguments{ "kernel", "show" } << 3;
        QTest::newRow("truncated archive")
            << Arguments{ "images", "load", m_world.path(QStringLiteral("cut.tar")).toStdString() } << 1;
        QTest::newRow("name in use") << Arguments{ "create", "--name", "taken", "starter" } << 4;
        QTest::newRow("port in use") << Arguments{ "run", "--name", "other", "-p",
            "127.0.0.1:" + std::to_string(m_listener.serverPort()) + ":8080", "starter" }
                                     << 4;
        QTest::newRow("missing libvirtd")
            << Arguments{ "--connect", kNoLibvirt, "create", "--vm", "--name", "vm", "starter" } << 5;
        QTest::newRow("missing libvirtd of a twin")
            << Arguments{ "--connect", kNoLibvirt, "twin", "run", "starter" } << 5;
    }

    void isToldInOneSentenceAndLeavesNothing()
    {
        QFETCH(Arguments, arguments);
        QFETCH(int, exitCode);
        const auto before = files();
        const auto refused = ctl(arguments);
        QVERIFY2(refused.exitCode == exitCode, qPrintable(refused.text()));
        QVERIFY2(refused.errorLines().size() == 1, qPrintable(refused.text()));
        QVERIFY2(refused.errorLines()[0].startsWith("twinhullctl: "), qPrintable(refused.text()));
        QCOMPARE(files(), before);
    }

    void goesOnWithTheContainersWithoutLibvirt()
    {
        const auto listed = ctl({ "--connect", kNoLibvirt, "list" });
        QCOMPARE(listed.exitCode, 0);
        QVERIFY2(listed.out.contains("taken"), qPrintable(listed.text()));
        QVERIFY2(listed.err.contains("VMs are not listed"), qPrintable(listed.text()));
    }

    void isJsonWhereJsonWasAskedFor()
    {
        const auto refused = ctl({ "--json", "start", "nobody", "--kind", "container" });
        QCOMPARE(refused.json()[u"error"][u"code"].toString(), QStringLiteral("not-found"));
        QVERIFY(!refused.json()[u"error"][u"hint"].toString().isEmpty());
    }

private:
    /// Everything below the data folder: what a refused command must not change.
    QStringList files() const
    {
        QStringList all;
        QDirIterator it(QString::fromStdString(m_world.folders().data),
            QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot, QDirIterator::Subdirectories);
        while (it.hasNext()) {
            const QString path = it.next();
            if (!path.contains(u"/layers") && !path.endsWith(u".lock")) // layers are kept once unpacked
                all << path;
        }
        all.sort();
        return all;
    }

    test::TemporaryWorld m_world;
    QTcpServer m_listener;
};

QTEST_GUILESS_MAIN(CtlBadInputTest)
#include "ctl_bad_input_test.moc"
