// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hull_test.h"

#include <sys/stat.h>
#include <unistd.h>

using namespace twinhull;
using namespace twinhull::test;

/// What config.json says of mounts, in real containers of root.
class HullSpecMountsTest : public HullTest {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        setUp();
        m_data = m_bundle->path("/data");
        QVERIFY(makeFolders(m_data, 0777) && ::chmod(m_data.c_str(), 0777) == 0);
        QVERIFY(writeFileAtomically(m_data + "/file", "text\n", 0644));
    }
    void cleanup() { tearDownClean(); }

    void showsABindWithOtherOwners()
    {
        m_bundle->spec.mounts.push_back({ "/data", "", m_data, { "bind" }, { { 0, 1000, 2 } }, { { 0, 2000, 2 } } });
        m_bundle->spec.process->user = { 1000, 2000, {}, {} };
        const auto output = m_bundle->run("stat -c %u:%g /data/file; echo x > /data/new");
        QVERIFY2(output.standardOutput == "1000:2000\n", said(output));
        struct stat info { };
        QCOMPARE(::stat((m_data + "/new").c_str(), &info), 0);
        QCOMPARE(info.st_uid, 0U);
        QCOMPARE(info.st_gid, 0U);
    }

    void mapsABindLikeTheContainersOwnIds()
    {
        m_bundle->spec.linux_.namespaces.push_back({ oci::NamespaceKind::User, {} });
        m_bundle->spec.linux_.uidMappings = { { 0, 100000, 65536 } };
        m_bundle->spec.linux_.gidMappings = { { 0, 200000, 65536 } };
        m_bundle->spec.mounts.push_back({ "/data", "bind", m_data, { "rbind", "ridmap" } });
        m_bundle->spec.mounts.push_back({ "/plain", "bind", m_data, { "rbind", "ro" } });
        QVERIFY(
            makeFolders(m_bundle->path("/rootfs/data"), 0755) && makeFolders(m_bundle->path("/rootfs/plain"), 0755));
        QCOMPARE(::chmod(m_world->path().toStdString().c_str(), 0711), 0);
        for (const char* name : { "/dev", "/proc", "/sys", "/sys/fs/cgroup" })
            QVERIFY(makeFolders(m_bundle->path(std::string("/rootfs") + name), 0755));
        const auto output = m_bundle->run("stat -c %u:%g /data/file /plain/file; echo x > /data/new");
        QVERIFY2(output.standardOutput == "0:0\n65534:65534\n", said(output));
        struct stat info { };
        QCOMPARE(::stat((m_data + "/new").c_str(), &info), 0);
        QCOMPARE(info.st_uid, 0U);
    }

    void saysWhyIdsCannotBeMapped()
    {
        m_bundle->spec.mounts.push_back({ "/data", "bind", m_data, { "bind", "idmap" } });
        const auto output = m_bundle->run("true");
        QCOMPARE(output.exitStatus, 1);
        QVERIFY2(output.standardError.find("mount /data: the option idmap needs mappings") != std::string::npos,
            said(output));
    }

    void fillsATmpfsFromTheImage()
    {
        m_bundle->spec.mounts.push_back({ "/etc", "tmpfs", "tmpfs", { "tmpcopyup" } });
        QVERIFY(writeFileAtomically(m_bundle->path("/rootfs/etc/name"), "image\n", 0644));
        const auto output = m_bundle->run("cat /etc/name; echo changed > /etc/name");
        QVERIFY2(output.standardOutput == "image\n" && output.exitStatus == 0, said(output));
        QCOMPARE(*readFile(m_bundle->path("/rootfs/etc/name")), std::string("image\n"));
    }

    void closesAllBelowABind()
    {
        m_bundle->prefix = { "unshare", "--mount", "--propagation", "private", "/bin/sh", "-c",
            "mkdir " + m_data + "/below && mount -t tmpfs none " + m_data + "/below && exec \"$@\"", "sh" };
        m_bundle->spec.mounts.push_back({ "/data", "bind", m_data, { "rbind", "rro" } });
        m_bundle->spec.mounts.push_back({ "/one", "bind", m_data + "/file", { "bind", "ro" } });
        const auto output = m_bundle->run("touch /data/new; touch /data/below/new; cat /one");
        m_bundle->prefix.clear();
        QCOMPARE(output.standardOutput, std::string("text\n"));
        QCOMPARE(QByteArray::fromStdString(output.standardError).count("Read-only file system"), 2);
    }

    // what the container mounts below a shared bind is seen outside, and nothing else of it
    void sharesAMountWithTheHost()
    {
        const std::string before = *readFile("/proc/self/mounts");
        m_bundle->prefix = { "unshare", "--mount", "--propagation", "private", "/bin/sh", "-c",
            "mount -t tmpfs none " + m_data + " && mkdir " + m_data + "/inner && mount --make-rshared / && "
                + "wc -l < /proc/self/mounts && \"$@\"; ls " + m_data + "/inner; wc -l < /proc/self/mounts",
            "sh" };
        m_bundle->spec.linux_.rootfsPropagation = "rshared";
        m_bundle->spec.mounts.push_back({ "/data", "bind", m_data, { "rbind", "rshared" } });
        for (auto* set : { &m_bundle->spec.process->capabilities->bounding,
                 &m_bundle->spec.process->capabilities->effective, &m_bundle->spec.process->capabilities->permitted })
            set->push_back("CAP_SYS_ADMIN");
        const auto output = m_bundle->run("mount -t tmpfs none /data/inner && touch /data/inner/seen");
        m_bundle->prefix.clear();
        const auto lines = QString::fromStdString(output.standardOutput).trimmed().split(QLatin1Char('\n'));
        QVERIFY2(lines.size() == 3 && lines[1] == QLatin1String("seen"), said(output));
        QCOMPARE(lines[2].toInt(), lines[0].toInt() + 1);
        QCOMPARE(*readFile("/proc/self/mounts"), before);
    }

    void movesTheClocksOfAUserNamespaceToo()
    {
        if (!exists("/proc/self/timens_offsets"))
            QSKIP("this kernel has no time namespaces");
        m_bundle->spec.linux_.namespaces.push_back({ oci::NamespaceKind::Time, {} });
        m_bundle->spec.linux_.namespaces.push_back({ oci::NamespaceKind::User, {} });
        m_bundle->spec.linux_.uidMappings = m_bundle->spec.linux_.gidMappings = { { 0, 0, 65536 } };
        m_bundle->spec.linux_.timeOffsets = { { "boottime", { 100'000'000, 0 } } };
        const auto output = m_bundle->run("cat /proc/uptime /proc/self/uid_map");
        const auto text = QString::fromStdString(output.standardOutput);
        QVERIFY2(text.section(QLatin1Char('.'), 0, 0).toLongLong() > 100'000'000, said(output));
        QVERIFY2(text.simplified().endsWith(QLatin1String("0 0 65536")), said(output));
    }

private:
    std::string m_data;
};

QTEST_GUILESS_MAIN(HullSpecMountsTest)
#include "hull_spec_mounts_test.moc"
