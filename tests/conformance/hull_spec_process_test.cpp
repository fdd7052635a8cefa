// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hull_test.h"

#include <QFile>

using namespace twinhull;
using namespace twinhull::test;

/// What config.json says of the program besides its rights, in real containers of root.
class HullSpecProcessTest : public HullTest {
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    void runsWithAnotherScheduler()
    {
        auto& process = *m_bundle->spec.process;
        process.scheduler = oci::Scheduler{ "SCHED_BATCH", 5, 0, {}, 0, 0, 0 };
        process.ioPriority = oci::IoPriority{ "IOPRIO_CLASS_IDLE", 0 };
        const auto output = m_bundle->run("grep -E '^(policy|prio) ' /proc/self/sched; cat /proc/self/stat");
        const auto fields = QString::fromStdString(output.standardOutput)
                                .section(QLatin1Char(')'), -1)
                                .split(QLatin1Char(' '), Qt::SkipEmptyParts);
        QVERIFY2(fields.size() > 38, said(output));
        QCOMPARE(fields[16], QStringLiteral("5")); // proc(5): nice is field 19, the first here is 3
        QCOMPARE(fields[38], QStringLiteral("3")); // policy, field 41
    }

    void looksLikeA32BitMachine()
    {
        m_bundle->spec.linux_.personality = oci::Personality{ "LINUX32" };
        const auto output = m_bundle->run("cat /proc/self/personality");
        QVERIFY2(output.standardOutput == "00000008\n", said(output));
    }

    void movesAnExecToItsProcessors()
    {
        m_bundle->spec.process->execCpuAffinity = oci::ExecCpuAffinity{ "0", "0" };
        m_bundle->setScript("sleep 100");
        QCOMPARE(m_bundle->start("web"), 0);
        const auto inside = m_bundle->hull({ "exec", "web", "grep", "Cpus_allowed_list", "/proc/self/status" });
        QVERIFY2(inside.standardOutput == "Cpus_allowed_list:\t0\n", said(inside));
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
        QVERIFY(m_bundle->isClean());
    }

    void saysWhatItDoesNotDo_data()
    {
        QTest::addColumn<QString>("member");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const char* member, const char* expected) {
            QTest::newRow(name) << QString::fromLatin1(member) << QString::fromLatin1(expected);
        };
        row("resctrl", R"("linux": {"intelRdt": {"closID": "a"},)",
            "config.json: linux.intelRdt: hull does not divide");
        row("NUL", R"("hostname": "a\u0000b", "linux": {)", "config.json: hostname: expected a string without a NUL");
        row("number for a path", R"("linux": {"cgroupsPath": 7,)",
            "config.json: linux.cgroupsPath: expected a path, found a number");
        row("mount label", R"("linux": {"mountLabel": "a_t",)", "config.json: linux.mountLabel: SELinux does not run");
    }
    void saysWhatItDoesNotDo()
    {
        QFETCH(QString, member);
        QFETCH(QString, expected);
        m_bundle->setScript("true");
        auto text = QString::fromStdString(encodeRuntimeSpec(m_bundle->spec));
        text.replace(QStringLiteral("\"linux\": {"), member);
        QVERIFY(writeFileAtomically(m_bundle->path("/config.json"), text.toStdString(), 0644));
        const auto output = m_bundle->hull({ "run", "--bundle", m_bundle->path(), "web" });
        QCOMPARE(output.exitStatus, 1);
        QVERIFY2(output.standardError.find(expected.toStdString()) != std::string::npos, said(output));
        QCOMPARE(QByteArray::fromStdString(output.standardError).count('\n'), 1);
        QVERIFY(m_bundle->isClean());
    }

    void refusesAnAbsurdSize()
    {
        m_bundle->spec.linux_.maskedPaths = { "/" + std::string(1U << 20U, 'x') };
        const auto output = m_bundle->run("true");
        QCOMPARE(output.exitStatus, 1);
        QVERIFY2(
            output.standardError.find("config.json: linux.maskedPaths[0]: expected at most 4095 bytes, found 1048577")
                != std::string::npos,
            said(output));
        QVERIFY(writeFileAtomically(m_bundle->path("/config.json"), std::string(5U << 20U, ' '), 0644));
        QCOMPARE(m_bundle->hull({ "run", "--bundle", m_bundle->path(), "web" }).exitStatus, 1);
        QVERIFY(m_bundle->isClean());
    }
};

QTEST_GUILESS_MAIN(HullSpecProcessTest)
#include "hull_spec_process_test.moc"
