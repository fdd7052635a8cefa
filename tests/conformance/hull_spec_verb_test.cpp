// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hull_test.h"
#include "tests/support/ordinary_user.h"

#include <QTest>

#include <memory>

using namespace twinhull;
using namespace twinhull::test;

/// What `hull spec` writes runs as it is: with hull and with crun, as root and as an ordinary user.
class HullSpecVerbTest : public HullTest {
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDownClean(); }

    void writesWhatRuns_data() { addRuntimes(); }
    void writesWhatRuns()
    {
        QFETCH(QString, runtime);
        const auto spec = m_bundle->hull({ "spec", "--bundle", m_bundle->path() });
        QVERIFY2(spec.exitStatus == 0, said(spec));
        requireRun(*m_bundle, runtime);
    }

    void writesWhatRunsWithoutRoot_data() { addRuntimes(); }
    void writesWhatRunsWithoutRoot()
    {
        QFETCH(QString, runtime);
        const OrdinaryUser user(OrdinaryUser::SubordinateIds::Yes);
        QVERIFY(user.isMade);
        HullBundle bundle(user.home() + "/bundle");
        bundle.program = user.home() + "/hull";
        QVERIFY(runChecked({ { "cp", hullProgram(), bundle.program }, {}, {} }, std::chrono::seconds(20)));
        user.own(user.home());
        bundle.prefix = user.prefix();
        const auto spec = bundle.hull({ "spec", "--rootless", "--bundle", bundle.path() });
        QVERIFY2(spec.exitStatus == 0, said(spec));
        requireRun(bundle, runtime);
        QVERIFY(bundle.isClean());
    }

    void writesWhereItIsTold()
    {
        const std::string file = m_bundle->path("/other.json");
        QCOMPARE(m_bundle->hull({ "spec", "--file", file }).exitStatus, 0);
        QVERIFY(oci::decodeRuntimeSpec(*readFile(file)));
        const auto again = m_bundle->hull({ "spec", "-f", file });
        QCOMPARE(again.exitStatus, 1);
        QVERIFY2(again.standardError.find("is there already") != std::string::npos, said(again));
    }

private:
    static void addRuntimes()
    {
        QTest::addColumn<QString>("runtime");
        QTest::newRow("hull") << QStringLiteral("hull");
        QTest::newRow("crun") << QStringLiteral("crun");
    }

    /// Its program is a shell that finds its input at an end.
    void requireRun(HullBundle& bundle, const QString& runtime)
    {
        const std::vector<std::string> words{ "--cgroup-manager=disabled", "run", "--bundle", bundle.path(),
            bundle.nextId() };
        const std::string own = bundle.program;
        const auto prefix = bundle.prefix;
        if (runtime != QLatin1String("hull")) { // which refuses a hybrid tree: it sees one of version 2 alone
            bundle.program = runtime.toStdString();
            bundle.prefix
                = { "unshare", "--mount", "sh", "-c", "mount -t cgroup2 none /sys/fs/cgroup && exec \"$@\"", "sh" };
            bundle.prefix.insert(bundle.prefix.end(), prefix.begin(), prefix.end());
        }
        const auto run = bundle.hull(words);
        bundle.program = own;
        bundle.prefix = prefix;
        QVERIFY2(run.exitStatus == 0, said(run));
    }
};

QTEST_GUILESS_MAIN(HullSpecVerbTest)
#include "hull_spec_verb_test.moc"
