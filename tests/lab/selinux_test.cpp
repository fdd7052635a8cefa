// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/lab_test.h"

#include <linux/keyctl.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

#include <set>

using namespace twinhull;
using namespace twinhull::test;

namespace {

// what selinux.cil knows
const std::string kProgram = "system_u:system_r:container_t:s0:c1,c2";
const std::string kFiles = "system_u:object_r:container_file_t:s0:c1,c2";
const std::string kUnlabelled = "system_u:object_r:file_t:s0";
const std::string kOwn = "system_u:system_r:kernel_t:s0-s0:c0.c3"; ///< the tests' own, and hull's
const std::string kPrintOwn = "cat /proc/self/attr/current";

/// The kernel ends a label with a null byte.
std::string withoutNull(std::string text)
{
    std::erase(text, '\0');
    return text;
}

std::string labelOf(const std::string& path)
{
    char label[256];
    const ssize_t length = ::lgetxattr(path.c_str(), "security.selinux", label, sizeof label);
    return length < 0 ? std::strerror(errno) : withoutNull({ label, static_cast<std::size_t>(length) });
}

} // namespace

/// SELinux, on a kernel that enforces tests/lab/selinux.cil: the labels that config.json and `exec` ask for are there,
/// or nothing runs.
class SelinuxTest : public LabTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const auto mode = readFile("/sys/fs/selinux/enforce");
        QVERIFY2(mode && *mode == "1", "this test is for the lab's guest with SELinux");
        QCOMPARE(withoutNull(*readFile("/proc/self/attr/current")), kOwn);
    }
    void init() { setUp(); }
    void cleanup() { tearDownClean(); }

    void labelsTheProgram()
    {
        m_bundle->spec.process->selinuxLabel = kProgram;
        QCOMPARE(withoutNull(m_bundle->run(kPrintOwn).standardOutput), kProgram);
    }

    void labelsAnOrdinaryUsersProgram()
    {
        m_bundle->spec.process->selinuxLabel = kProgram;
        m_bundle->spec.process->user.uid = 1000;
        m_bundle->spec.process->noNewPrivileges = false;
        QCOMPARE(withoutNull(m_bundle->run(kPrintOwn).standardOutput), kProgram);
    }

    void labelsWhatIsExecutedLater()
    {
        m_bundle->spec.process->selinuxLabel = kProgram;
        startSleeper();
        QCOMPARE(executed({}), kProgram);
        const std::string other = "system_u:system_r:container_t:s0:c3";
        QCOMPARE(executed({ "--process-label", other }), other);
        remove("web");
    }

    void labelsWhatIsExecutedFromAFileThatNamesNone()
    {
        m_bundle->spec.process->selinuxLabel = kProgram;
        startSleeper();
        const std::string file = m_bundle->path("/process.json");
        QVERIFY(writeFileAtomically(file, R"({"args":["/bin/cat","/proc/self/attr/current"],"cwd":"/"})"));
        const auto output = m_bundle->hull({ "exec", "--process", file, "web" });
        QCOMPARE(withoutNull(output.standardOutput), kProgram);
        remove("web");
    }

    void labelsNothingWhenNoneIsAskedFor()
    {
        startSleeper();
        QCOMPARE(executed({}), kOwn);
        QCOMPARE(fileInside("web", "/dev/shm"), kUnlabelled);
        const auto mounts = m_bundle->hull({ "exec", "web", "cat", "/proc/self/mounts" });
        QVERIFY2(mounts.standardOutput.find("context=") == std::string::npos, said(mounts));
        remove("web");
    }

    // what the label is for: of two containers of one type neither reads the other's files
    void keepsTheProgramFromWhatIsNotItsOwn()
    {
        m_bundle->spec.process->selinuxLabel = kProgram;
        label("/etc/own", kFiles);
        label("/etc/others", "system_u:object_r:container_file_t:s0:c3");
        const auto output = m_bundle->run("cat /etc/own /etc/others");
        QCOMPARE(output.standardOutput, std::string("/etc/own\n"));
        QVERIFY2(output.standardError.find("'/etc/others': Permission denied") != std::string::npos, said(output));
    }

    void labelsEveryFileSystemThatItMakes_data()
    {
        QTest::addColumn<bool>("isInUserNamespace");
        QTest::newRow("as root") << false;
        QTest::newRow("in a user namespace") << true;
    }
    void labelsEveryFileSystemThatItMakes()
    {
        QFETCH(bool, isInUserNamespace);
        auto& linux_ = m_bundle->spec.linux_;
        if (isInUserNamespace) {
            linux_.namespaces.insert(linux_.namespaces.begin(), { oci::NamespaceKind::User, {} });
            linux_.uidMappings = { { 0, 0, 65536 } };
            linux_.gidMappings = { { 0, 0, 65536 } };
        }
        linux_.mountLabel = kFiles;
        m_bundle->spec.process->selinuxLabel = kProgram;
        startSleeper();
        QCOMPARE(executed({}), kProgram);
        for (const char* place : { "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue" })
            QVERIFY2(fileInside("web", place) == kFiles, (place + (" " + fileInside("web", place))).c_str());
        QCOMPARE(fileInside("web", "/dev/null"), isInUserNamespace ? labelOf("/dev/null") : kFiles); // the host's own
        for (const char* place : { "/proc", "/sys" })
            QVERIFY2(fileInside("web", place) == kUnlabelled, (place + (" " + fileInside("web", place))).c_str());
        QCOMPARE(m_bundle->hull({ "exec", "web", "touch", "/dev/shm/made" }).exitStatus, 0);
        QCOMPARE(fileInside("web", "/dev/shm/made"), kFiles);
        remove("web");
    }

    void labelsTheCoversOfFolders()
    {
        m_bundle->spec.linux_.mountLabel = kFiles;
        m_bundle->spec.linux_.maskedPaths = { "/etc" };
        startSleeper();
        QCOMPARE(fileInside("web", "/etc"), kFiles);
        remove("web");
    }

    void labelsARootOfLayers()
    {
        for (const char* name : { "/upper", "/work", "/merged" })
            QVERIFY(makeFolders(m_bundle->path(name), 0755));
        m_bundle->spec.root.path = m_bundle->path("/merged");
        m_bundle->spec.annotations[std::string(oci::kAnnotationLower)] = m_bundle->path("/rootfs");
        m_bundle->spec.annotations[std::string(oci::kAnnotationUpper)] = m_bundle->path("/upper");
        m_bundle->spec.annotations[std::string(oci::kAnnotationWork)] = m_bundle->path("/work");
        m_bundle->spec.linux_.mountLabel = kFiles;
        startSleeper();
        QCOMPARE(fileInside("web", "/bin/busybox"), kFiles);
        remove("web");
    }

    void labelsTheSocketOfReadiness()
    {
        m_bundle->spec.linux_.mountLabel = kFiles;
        m_bundle->environment = { "NOTIFY_SOCKET=" + m_bundle->path("/notify") };
        m_bundle->setScript("exec sleep 100");
        const auto made = m_bundle->create("web");
        QVERIFY2(made.exitStatus == 0, said(made));
        QCOMPARE(fileInside("web", "/run/notify"), kFiles);
        remove("web");
    }

    void leavesAFolderOfTheHostItsLabels()
    {
        label("/etc/own", "system_u:object_r:container_file_t:s0:c3");
        m_bundle->spec.mounts.push_back({ "/data", "bind", m_bundle->path("/rootfs/etc"), { "rbind" } });
        m_bundle->spec.linux_.mountLabel = kFiles;
        startSleeper();
        QCOMPARE(fileInside("web", "/data/own"), std::string("system_u:object_r:container_file_t:s0:c3"));
        remove("web");
    }

    void letsAMountHaveALabelOfItsOwn()
    {
        const std::string own = "system_u:object_r:container_file_t:s0:c0,c3";
        m_bundle->spec.linux_.mountLabel = kFiles;
        m_bundle->spec.mounts.push_back({ "/scratch", "tmpfs", "tmpfs", { "context=\"" + own + "\"" } });
        startSleeper();
        QCOMPARE(fileInside("web", "/scratch"), own);
        remove("web");
    }

    void labelsWhatIsMountedLater()
    {
        m_bundle->spec.linux_.mountLabel = kFiles;
        startSleeper();
        const std::string file = m_bundle->path("/mounts.json");
        QVERIFY(writeFileAtomically(file, R"([{"destination":"/scratch","type":"tmpfs","source":"tmpfs"}])"));
        const auto added = m_bundle->hull({ "mounts", "add", "web", file });
        QVERIFY2(added.exitStatus == 0, said(added));
        QCOMPARE(fileInside("web", "/scratch"), kFiles);
        remove("web");
    }

    // a ring of hull's own label would be closed to the program
    void labelsTheKeysOfTheSession()
    {
        m_bundle->spec.process->selinuxLabel = kProgram;
        const auto before = sessionRings();
        startSleeper();
        auto labels = sessionRings();
        std::erase_if(labels, [&](const auto& ring) { return before.count(ring) != 0; });
        QVERIFY(!labels.empty());
        QVERIFY2(std::any_of(labels.begin(), labels.end(), [](const auto& ring) { return ring.second == kProgram; }),
            labels.begin()->second.c_str());
        remove("web");
    }

    void areNeverLeftOut_data()
    {
        QTest::addColumn<QString>("program");
        QTest::addColumn<QString>("files");
        QTest::addColumn<QString>("told");
        const auto nowhere = QStringLiteral("system_u:system_r:nowhere_t:s0");
        const auto sealed = QStringLiteral("system_u:system_r:sealed_t:s0");
        QTest::newRow("a program's that the policy does not know")
            << nowhere << QString() << QStringLiteral("process.selinuxLabel: the policy does not know ") + nowhere;
        QTest::newRow("a program's that is no label")
            << QStringLiteral("container") << QString() << QStringLiteral("the policy does not know container");
        QTest::newRow("a program's that hull may not give") << sealed << QString() << sealed;
        QTest::newRow("a mount's that the policy does not know")
            << QString() << nowhere << QStringLiteral("linux.mountLabel: the policy does not know ") + nowhere;
    }
    void areNeverLeftOut()
    {
        QFETCH(QString, program);
        QFETCH(QString, files);
        QFETCH(QString, told);
        m_bundle->spec.process->selinuxLabel = program.toStdString();
        m_bundle->spec.linux_.mountLabel = files.toStdString();
        const auto output = m_bundle->run("echo ran");
        QCOMPARE(output.exitStatus, 1);
        QCOMPARE(output.standardOutput, std::string());
        QVERIFY2(output.standardError.find(told.toStdString()) != std::string::npos, said(output));
    }

    void areNotLeftOutLaterEither()
    {
        startSleeper();
        const auto output = m_bundle->hull(
            { "exec", "--process-label", "system_u:system_r:nowhere_t:s0", "web", "/bin/sh", "-c", "echo ran" });
        QCOMPARE(output.exitStatus, 255);
        QCOMPARE(output.standardOutput, std::string());
        QVERIFY2(output.standardError.find("nowhere_t:s0") != std::string::npos, said(output));
        remove("web");
    }

private:
    void startSleeper()
    {
        m_bundle->setScript("exec sleep 100");
        const auto made = m_bundle->create("web");
        QVERIFY2(made.exitStatus == 0, said(made));
        const auto started = m_bundle->hull({ "start", "web" });
        QVERIFY2(started.exitStatus == 0, said(started));
    }
    std::string executed(const std::vector<std::string>& options) const
    {
        std::vector<std::string> words{ "exec" };
        words.insert(words.end(), options.begin(), options.end());
        words.insert(words.end(), { "web", "/bin/sh", "-c", kPrintOwn });
        const auto output = m_bundle->hull(words);
        return output.exitStatus == 0 ? withoutNull(output.standardOutput) : said(output).toStdString();
    }
    /// Makes a file in the root that says its own name.
    void label(const std::string& path, const std::string& text) const
    {
        const std::string file = m_bundle->path("/rootfs" + path);
        QVERIFY(writeFileAtomically(file, path + "\n", 0644));
        QCOMPARE(::setxattr(file.c_str(), "security.selinux", text.c_str(), text.size() + 1, 0), 0);
    }
    std::string fileInside(const std::string& id, const std::string& path) const
    {
        return labelOf("/proc/" + std::to_string(m_bundle->pidOf(id)) + "/root" + path);
    }
    /// Numbers and labels of the session keyrings that there are.
    static std::set<std::pair<std::string, std::string>> sessionRings()
    {
        std::set<std::pair<std::string, std::string>> rings;
        const auto keys = readFile("/proc/keys");
        for (const QString& line : QString::fromStdString(keys ? *keys : std::string()).split(u'\n')) {
            if (!line.contains(QStringLiteral(" keyring ")) || !line.contains(QStringLiteral(" _ses")))
                continue;
            const QString number = line.section(u' ', 0, 0);
            char label[256];
            const long length
                = ::syscall(SYS_keyctl, KEYCTL_GET_SECURITY, number.toUInt(nullptr, 16), label, sizeof label);
            if (length > 0)
                rings.emplace(number.toStdString(), withoutNull({ label, static_cast<std::size_t>(length) }));
        }
        return rings;
    }
};

QTEST_GUILESS_MAIN(SelinuxTest)
#include "selinux_test.moc"
