// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hull_bundle.h"
#include "tests/support/ordinary_user.h"

#include <QTemporaryDir>
#include <QTest>

#include <memory>
#include <optional>

using namespace twinhull;
using namespace twinhull::test;

/// Containers of an ordinary user, whom the test makes, or who runs it: with subordinate ids, with one id only, and
/// with what is missing.
class HullRootlessTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        // the source may lie in a home that is closed to others
        QVERIFY(m_place.isValid());
        QCOMPARE(::chmod(m_place.path().toStdString().c_str(), 0755), 0);
        m_program = m_place.filePath(QStringLiteral("hull")).toStdString();
        QVERIFY(runChecked({ { "cp", hullProgram(), m_program }, {}, {} }, std::chrono::seconds(20)));
    }
    void cleanup()
    {
        if (m_bundle)
            QVERIFY(m_bundle->isClean());
        m_bundle.reset();
        m_user.reset();
    }

    void mapsTheRangeOfTheUser()
    {
        begin(OrdinaryUser::SubordinateIds::Yes);
        mapRange();
        const auto output = run("id -u; cat /proc/self/uid_map; hostname; grep CapInh /proc/self/status");
        QVERIFY2(output.exitStatus == 0, said(output));
        const auto lines = QString::fromStdString(output.standardOutput).simplified();
        QVERIFY2(lines.startsWith(QStringLiteral("0 0 ")), said(output));
        const auto range = QStringLiteral("1 %1 65536 hull CapInh: 0000000000000000").arg(m_user->firstSubordinateId());
        QVERIFY2(lines.endsWith(range), said(output));
    }

    void becomesAnotherUserOfTheRange()
    {
        begin(OrdinaryUser::SubordinateIds::Yes);
        mapRange();
        m_bundle->spec.process->user = { 33, 34, {}, { 35 } };
        QCOMPARE(run("id -u; id -G").standardOutput, std::string("33\n34 35\n"));
    }

    void needsNoRangeForOneId()
    {
        begin(OrdinaryUser::SubordinateIds::No);
        const auto output = run("id -u; echo served > /dev/null && touch /new && echo served");
        QCOMPARE(output.standardOutput, std::string("0\nserved\n"));
        QVERIFY(exists(m_bundle->path("/rootfs/new")));
    }

    void servesTheRootOfItsCallersUserNamespace_data()
    {
        QTest::addColumn<QStringList>("mapping");
        QTest::newRow("one id") << QStringList{ QStringLiteral("--map-root-user") };
        QTest::newRow("a range") << QStringList{ QStringLiteral("--map-root-user"), QStringLiteral("--map-auto") };
    }
    /// As podman calls it for an ordinary user: config.json names no user namespace, and devices cannot be made.
    void servesTheRootOfItsCallersUserNamespace()
    {
        QFETCH(QStringList, mapping);
        begin(OrdinaryUser::SubordinateIds::Yes);
        auto& linux_ = m_bundle->spec.linux_;
        std::erase_if(linux_.namespaces, [](const auto& entry) { return entry.kind == oci::NamespaceKind::User; });
        linux_.uidMappings.clear();
        linux_.gidMappings.clear();
        for (auto& mount : m_bundle->spec.mounts) // whoever makes the namespace knows which groups are in it
            std::erase_if(mount.options, [](const std::string& option) { return option.rfind("gid=", 0) == 0; });
        linux_.resources.deviceRules = { { false, 'a', {}, {}, "rwm" } };
        m_bundle->prefix.insert(m_bundle->prefix.end(), { "unshare", "--user", "--mount" });
        for (const auto& option : mapping)
            m_bundle->prefix.push_back(option.toStdString());
        const auto output = run("id -u; echo served > /dev/null && head -c 4 /dev/zero | /bin/busybox wc -c");
        QVERIFY2(output.exitStatus == 0, said(output));
        QCOMPARE(output.standardOutput, std::string("0\n4\n"));
        QCOMPARE(output.standardError, std::string());
    }

    void mountsLayersWithoutRoot()
    {
        begin(OrdinaryUser::SubordinateIds::No);
        for (const char* name : { "/upper", "/work" })
            QVERIFY(makeFolders(m_bundle->path(name), 0755));
        auto& notes = m_bundle->spec.annotations;
        m_bundle->spec.root.path = "merged";
        notes[std::string(oci::kAnnotationLower)] = m_bundle->path("/rootfs");
        notes[std::string(oci::kAnnotationUpper)] = m_bundle->path("/upper");
        notes[std::string(oci::kAnnotationWork)] = m_bundle->path("/work");
        const auto output = run("echo new > /file; rm /bin/busybox 2>/dev/null; /bin/true; echo $?");
        QVERIFY2(output.exitStatus == 0, said(output));
        QCOMPARE(*readFile(m_bundle->path("/upper/file")), std::string("new\n"));
        QVERIFY(exists(m_bundle->path("/rootfs/bin/busybox")));
    }

    void namesTheCommandThatAddsARange()
    {
        begin(OrdinaryUser::SubordinateIds::No);
        if (OrdinaryUser::isMyself() && m_user->firstSubordinateId() != 0)
            QSKIP("whoever runs this test has a range");
        mapRange();
        const auto output = run("true");
        QCOMPARE(output.exitStatus, 1);
        const std::string end = " " + m_user->name() + "\n"; // which range depends on the other users
        QVERIFY2(output.standardError.find("sudo usermod --add-subuids ") != std::string::npos
                && output.standardError.find(" --add-subgids ") != std::string::npos
                && output.standardError.find(end) != std::string::npos,
            said(output));
    }

    void namesTheMissingUserNamespace()
    {
        begin(OrdinaryUser::SubordinateIds::No);
        m_bundle->spec.linux_.namespaces.erase(m_bundle->spec.linux_.namespaces.begin());
        const auto output = run("true");
        QCOMPARE(output.exitStatus, 1);
        QVERIFY2(output.standardError.find("hull spec --rootless") != std::string::npos, said(output));
    }

    void runsAnotherProgramInside()
    {
        begin(OrdinaryUser::SubordinateIds::Yes);
        mapRange();
        m_bundle->setScript("sleep 100");
        m_bundle->write();
        m_user->own(m_bundle->path());
        m_bundle->ids.push_back("web");
        const auto made = m_bundle->hullIntoFile({ "run", "--detach", "--bundle", m_bundle->path(), "web" });
        QVERIFY2(made.exitStatus == 0, said(made));
        const auto output
            = m_bundle->hull({ "exec", "--user", "5:6", "web", "/bin/sh", "-c", "id -u; cat /proc/1/comm" });
        QCOMPARE(output.standardOutput, std::string("5\nsleep\n"));
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
    }

    // CVE-2019-5736 without the right to mount: hull runs from a sealed copy in memory
    void runsFromASealedCopyOfAProgramThatTheUserMayWrite()
    {
        begin(OrdinaryUser::SubordinateIds::No);
        m_bundle->program = m_user->home() + "/hull";
        QVERIFY(runChecked({ { "cp", hullProgram(), m_bundle->program }, {}, {} }, std::chrono::seconds(20)));
        m_bundle->setScript("sleep 100");
        m_bundle->write();
        m_user->own(m_user->home());
        const auto made = m_bundle->create("web");
        QVERIFY2(made.exitStatus == 0, said(made));
        const std::string pid = std::to_string(m_bundle->pidOf("web"));
        char target[128] = {};
        QVERIFY(::readlink(("/proc/" + pid + "/exe").c_str(), target, sizeof target - 1) > 0);
        QCOMPARE(std::string(target), std::string("/memfd:hull (deleted)"));
        auto copy = openPath("/proc/" + pid + "/exe", O_RDONLY);
        QVERIFY(copy);
        const int seals = ::fcntl(copy->fd(), F_GET_SEALS);
        QCOMPARE(seals & (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL),
            F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
    }

    // the copy costs a start 4 MB: not where the file is out of the user's reach anyway
    void runsInPlaceFromAProgramOfRoots()
    {
        if (OrdinaryUser::isMyself())
            QSKIP("needs root to make a program of root's");
        begin(OrdinaryUser::SubordinateIds::No);
        m_bundle->program = "/tmp/hull-of-root-" + m_user->name();
        QVERIFY(runChecked({ { "cp", hullProgram(), m_bundle->program }, {}, {} }, std::chrono::seconds(20)));
        m_bundle->setScript("sleep 100");
        m_bundle->write();
        m_user->own(m_bundle->path());
        const auto made = m_bundle->create("web");
        const std::string pid = std::to_string(m_bundle->pidOf("web"));
        char target[128] = {};
        (void)::readlink(("/proc/" + pid + "/exe").c_str(), target, sizeof target - 1);
        (void)m_bundle->hull({ "delete", "--force", "web" });
        const std::string program = m_bundle->program;
        m_bundle->program = m_program;
        QCOMPARE(::unlink(program.c_str()), 0);
        QVERIFY2(made.exitStatus == 0, said(made));
        QCOMPARE(std::string(target), program);
    }

private:
    void begin(OrdinaryUser::SubordinateIds ids)
    {
        m_user = std::make_unique<OrdinaryUser>(ids);
        QVERIFY(m_user->isMade);
        m_bundle = std::make_unique<HullBundle>(m_user->home() + "/bundle");
        m_bundle->program = m_program;
        m_bundle->prefix = m_user->prefix();
        auto& linux_ = m_bundle->spec.linux_;
        linux_.namespaces.insert(linux_.namespaces.begin(), { oci::NamespaceKind::User, {} });
        struct stat info { };
        QCOMPARE(::stat(m_user->home().c_str(), &info), 0);
        linux_.uidMappings = { { 0, info.st_uid, 1 } };
        linux_.gidMappings = { { 0, info.st_gid, 1 } };
    }
    void mapRange()
    {
        const std::uint32_t first = m_user->firstSubordinateId();
        m_bundle->spec.linux_.uidMappings.push_back({ 1, first, 65536 });
        m_bundle->spec.linux_.gidMappings.push_back({ 1, first, 65536 });
    }
    CommandOutput run(const std::string& script)
    {
        m_bundle->setScript(script);
        m_bundle->write();
        m_user->own(m_bundle->path());
        return m_bundle->runAsIs();
    }

    QTemporaryDir m_place;
    std::string m_program;
    std::unique_ptr<OrdinaryUser> m_user;
    std::unique_ptr<HullBundle> m_bundle;
};

QTEST_GUILESS_MAIN(HullRootlessTest)
#include "hull_rootless_test.moc"
