// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/lab_test.h"

using namespace twinhull;
using namespace twinhull::test;

/// AppArmor, which the kernel of the lab's guest has: a program runs under the profile that config.json names, or not
/// at all.
class LabelsTest : public LabTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY2(isRoot(), "only root loads profiles");
        const std::string file = m_place.path().toStdString() + "/profile";
        QVERIFY(writeFileAtomically(file,
            "profile lab-container flags=(attach_disconnected,mediate_deleted) {\n"
            "  file,\n  capability,\n  network,\n  signal,\n  unix,\n  mount,\n  deny /etc/forbidden r,\n}\n",
            0644));
        const auto loaded = runChecked(
            { { "apparmor_parser", "--replace", "--skip-cache", file }, {}, {} }, std::chrono::seconds(120));
        QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
    }
    void init()
    {
        setUp();
        QVERIFY(writeFileAtomically(m_bundle->path("/rootfs/etc/forbidden"), "read\n", 0644));
        m_bundle->spec.process->apparmorProfile = "lab-container";
    }
    void cleanup() { tearDownClean(); }

    void confineTheProgram()
    {
        const auto output = m_bundle->run("cat /proc/self/attr/current /etc/forbidden");
        QCOMPARE(output.standardOutput, std::string("lab-container (enforce)\n"));
        QVERIFY2(output.standardError.find("'/etc/forbidden': Permission denied") != std::string::npos, said(output));
        QCOMPARE(output.exitStatus, 1);
    }

    void confineWhatIsExecutedLater()
    {
        m_bundle->setScript("exec sleep 100");
        QCOMPARE(m_bundle->start("web"), 0);
        const auto output = m_bundle->hull({ "exec", "web", "cat", "/proc/self/attr/current" });
        QCOMPARE(output.standardOutput, std::string("lab-container (enforce)\n"));
        remove("web");
    }

    void confineWhatIsExecutedFromAFileThatNamesNone()
    {
        m_bundle->setScript("exec sleep 100");
        QCOMPARE(m_bundle->start("web"), 0);
        const std::string file = m_bundle->path("/process.json");
        const std::string start = R"({"args":["/bin/cat","/proc/self/attr/current"],"cwd":"/")";
        QVERIFY(writeFileAtomically(file, start + "}"));
        QCOMPARE(m_bundle->hull({ "exec", "--process", file, "web" }).standardOutput,
            std::string("lab-container (enforce)\n"));
        QVERIFY(writeFileAtomically(file, start + R"(,"apparmorProfile":"unconfined"})"));
        QCOMPARE(m_bundle->hull({ "exec", "--process", file, "web" }).standardOutput, std::string("unconfined\n"));
        remove("web");
    }

    void confineNothingWhenNoneIsAskedFor()
    {
        m_bundle->spec.process->apparmorProfile.clear();
        QCOMPARE(m_bundle->run("cat /proc/self/attr/current /etc/forbidden").standardOutput,
            std::string("unconfined\nread\n"));
    }

    void areNeverLeftOut()
    {
        m_bundle->spec.process->apparmorProfile = "lab-nowhere";
        const auto output = m_bundle->run("echo ran");
        QCOMPARE(output.exitStatus, 1);
        QCOMPARE(output.standardOutput, std::string());
        QVERIFY2(output.standardError.find("Is the profile lab-nowhere loaded?") != std::string::npos, said(output));
    }

private:
    TemporaryWorld m_place;
};

QTEST_GUILESS_MAIN(LabelsTest)
#include "labels_test.moc"
