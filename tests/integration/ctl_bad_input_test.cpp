// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "tests/support/ctl_world.h"
#include "tests/support/libvirt_session.h"

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
        QVERIFY2(m_world.problem().isEmpty(), qPrintable(m_world.problem()));
        const auto taken = ctl({ "create", "--name", "taken", "starter" });
        QVERIFY2(taken.exitCode == 0, qPrintable(taken.text()));
        QVERIFY(m_listener.listen(QHostAddress::LocalHost));
        QFile cut(m_world.path(QStringLiteral("cut.tar")));
        QVERIFY(cut.open(QIODevice::WriteOnly));
        cut.write(QByteArray("oci-layout").leftJustified(700, '\0'));
    }

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
        QTest::newRow("report of a comparison of unknown kind")
            << Arguments{ "compare", "starter", "--report", "x.pdf" } << 2;
        QTest::newRow("unknown work") << Arguments{ "compare", "starter", "--workload", "magic" } << 2;
        QTest::newRow("empty command as work") << Arguments{ "compare", "starter", "--command", " " } << 2;
        QTest::newRow("two works") << Arguments{ "compare", "--workload", "idle", "--command", "true", "starter" } << 2;
        QTest::newRow("history of nobody") << Arguments{ "history", "nobody" } << 3;
        QTest::newRow("isolation of nobody") << Arguments{ "isolation", "nobody", "--kind", "container" } << 3;
        QTest::newRow("capacity without consent") << Arguments{ "capacity", "starter" } << 2;
        QTest::newRow("capacity by one start") << Arguments{ "capacity", "--start", "1", "starter" } << 2;
        QTest::newRow("reserve that is no size")
            << Arguments{ "capacity", "--start", "3", "--reserve", "lots", "starter" } << 2;
        QTest::newRow("capacity of an unknown image")
            << Arguments{ "capacity", "--start", "3", "--kind", "container", "nobody/nothing" } << 3;
        QTest::newRow("unknown image") << Arguments{ "create", "--pull", "never", "nobody/nothing" } << 3;
        QTest::newRow("unknown image of a twin") << Arguments{ "twin", "run", "nobody/nothing" } << 3;
        QTest::newRow("unknown workload") << Arguments{ "start", "nobody", "--kind", "container" } << 3;
        QTest::newRow("unknown twin") << Arguments{ "twin", "stop", "nobody" } << 3;
        QTest::newRow("unknown file") << Arguments{ "images", "load", "/nonexistent" } << 3;
        QTest::newRow("unknown image to remove") << Arguments{ "images", "remove", "nobody/nothing" } << 3;
        QTest::newRow("no kernel") << Arguments{ "kernel", "show" } << 3;
        QTest::newRow("truncated archive")
            << Arguments{ "images", "load", m_world.path(QStringLiteral("cut.tar")).toStdString() } << 1;
        QTest::newRow("more memory than there is")
            << Arguments{ "create", "--name", "big", "--memory", "900T", "starter" } << 2;
        QTest::newRow("more memory for a VM than there is")
            << Arguments{ "create", "--vm", "--name", "big", "--memory", "900T", "starter" } << 2;
        QTest::newRow("no kernel for a VM") << Arguments{ "create", "--vm", "--name", "vm", "starter" } << 3;
        QTest::newRow("no kernel for a twin") << Arguments{ "twin", "create", "starter" } << 3;
        QTest::newRow("terminal of a VM")
            << Arguments{ "create", "--vm", "--terminal", "--name", "vm", "starter" } << 5;
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
        QVERIFY2(isOneSentence(refused, exitCode), qPrintable(refused.text()));
        QCOMPARE(files(), before);
    }

    void namesAFullDiskWhileLoadingAnArchive()
    {
        if (::geteuid() != 0)
            QSKIP("a small disk for the test needs root");
        const auto archive = path("starter.tar");
        QVERIFY(runs({ "tar", "-C", m_world.folders().data + "/images", "-cf", archive, "." }));
        QVERIFY(makeFolders(path("empty/images")));
        QVERIFY(runs({ "cp", m_world.folders().data + "/images/oci-layout", path("empty/images") }));
        const auto refused = ctlOnSmallDisk(300, path("empty"), { "images", "load", archive });
        QVERIFY2(isOneSentence(refused, 5), qPrintable(refused.text()));
        QVERIFY2(refused.err.contains("No space left"), qPrintable(refused.text()));
        QCOMPARE(text("after"), text("before"));
    }

    void namesAFullDiskWhileMakingARootDisk()
    {
        if (::geteuid() != 0)
            QSKIP("a small disk for the test needs root");
        const auto seed = path("seed");
        QVERIFY(runs({ "cp", "-a", m_world.folders().data, seed }));
        makeKernelFiles(seed + "/kernels"); // it is not booted
        const auto used = runChecked({ { "du", "-sk", seed }, {}, {} }, std::chrono::seconds(30));
        QVERIFY(used);
        const int usedKibibytes = QString::fromStdString(*used).section(u'\t', 0, 0).toInt();
        const auto refused = ctlOnSmallDisk(usedKibibytes + 400, seed, { "create", "--vm", "--name", "vm", "starter" });
        QVERIFY2(isOneSentence(refused, 5), qPrintable(refused.text()));
        QVERIFY2(refused.err.contains("no space left"), qPrintable(refused.text()));
        QCOMPARE(text("after"), text("before"));
    }

    /// The others go on, what needs room says so and leaves nothing, and its removal gives the room back.
    void aContainerThatFillsTheDiskHarmsNobody()
    {
        if (::geteuid() != 0)
            QSKIP("a small disk for the test needs root");
        const auto seed = path("full");
        QVERIFY(runs({ "cp", "-a", m_world.folders().data, seed }));
        QVERIFY(removeTree(seed + "/containers")); // those of the others
        const auto used = runChecked({ { "du", "-sk", seed }, {}, {} }, std::chrono::seconds(30));
        QVERIFY(used);
        const int usedKibibytes = QString::fromStdString(*used).section(u'\t', 0, 0).toInt();
        constexpr const char* kScript = R"(
            told() { "$@" > /dev/null; echo "$2 $?"; }
            told "$1" create --name other starter /bin/sh -c 'while :; do sleep 1; done'
            told "$1" start other
            told "$1" create --name filler starter \
                /bin/sh -c 'until [ -e /tmp/go ]; do sleep 0.1; done; sleep 3; head -c 900000000 /dev/zero > /tmp/fill'
            told "$1" start filler
            "$1" exec filler touch /tmp/go
            told "$1" logs -f filler
            told "$1" create --name third starter
            "$1" list --json | grep -c '"state": *"running"'
            "$1" list --json | grep '"exit_status": *[0-9]' | tr -d ' ,'
            ls "$2/containers" | wc -l
            told "$1" remove filler
            told "$1" create --name third starter
            "$1" remove third; "$1" stop --force other; "$1" remove other)";
        const auto output = onSmallDisk(usedKibibytes + 4000, seed,
            { "/bin/sh", "-c", kScript, "sh", TH_BIN_DIR "/twinhullctl", m_world.folders().data });
        QCOMPARE(output.out,
            QByteArray("create 0\nstart 0\ncreate 0\nstart 0\nlogs 0\ncreate 5\n1\n\"exit_status\":1\n2\nremove 0\n"
                       "create 0\n"));
        QCOMPARE(output.errorLines().size(), 1);
        QVERIFY2(output.err.contains("No space left"), qPrintable(output.text()));
    }

    void namesAKernelThatIsGoneWhenAVmStarts()
    {
        const auto kernels = m_world.folders().kernels();
        makeKernelFiles(kernels);
        const auto made = ctl({ "create", "--vm", "--name", "vm", "starter" });
        QVERIFY2(made.exitCode == 0, qPrintable(made.text()));
        QVERIFY(removeTree(kernels));
        const auto refused = ctl({ "start", "vm", "--kind", "vm" });
        const auto listed = ctl({ "list", "--kind", "vm", "--json" }).json();
        const auto removed = ctl({ "remove", "vm", "--kind", "vm" });
        QVERIFY2(isOneSentence(refused, 3), qPrintable(refused.text()));
        QVERIFY2(refused.err.contains("kernel"), qPrintable(refused.text()));
        QCOMPARE(listed[0][u"state"].toString(), QStringLiteral("stopped"));
        QVERIFY2(removed.exitCode == 0, qPrintable(removed.text()));
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
    std::string path(const char* below) const { return m_world.path(QLatin1String(below)).toStdString(); }

    QString text(const char* file) const
    {
        const auto read = readFile(path(file));
        return read ? QString::fromStdString(*read) : QString();
    }

    static bool runs(std::vector<std::string> words)
    {
        return static_cast<bool>(runChecked({ std::move(words), {}, {} }, std::chrono::seconds(60)));
    }

    static bool isOneSentence(const test::CtlOutput& refused, int exitCode)
    {
        return refused.exitCode == exitCode && refused.errorLines().size() == 1
            && refused.errorLines()[0].startsWith("twinhullctl: ");
    }

    /// What is taken for a prepared kernel until somebody boots it.
    static void makeKernelFiles(const std::string& kernels)
    {
        QVERIFY(makeFolders(kernels + "/1.0/modules"));
        for (const char* name : { "/1.0/vmlinux", "/1.0/initramfs", "/1.0/modules/load" })
            QVERIFY(writeFileAtomically(kernels + name, "x"));
    }

    /// With a data folder on a disk of its own that holds what is in `seed`; the files on it before and after are
    /// listed in the world's "before" and "after".
    test::CtlOutput ctlOnSmallDisk(int kibibytes, const std::string& seed, Arguments arguments) const
    {
        arguments.insert(arguments.begin(), TH_BIN_DIR "/twinhullctl");
        return onSmallDisk(kibibytes, seed, arguments);
    }

    test::CtlOutput onSmallDisk(int kibibytes, const std::string& seed, const Arguments& command) const
    {
        const std::string list
            = "find \"$2\" -type f ! -name '*.lock' ! -path '*/layers/*' ! -path '*/events/*' | sort";
        const std::string script = "mount -t tmpfs -o size=$1k tmpfs \"$2\" && cp -a \"$3/.\" \"$2\" && " + list
            + " > \"$4/before\" || exit 99; (shift 4; \"$@\"); code=$?; " + list + " > \"$4/after\"; exit $code";
        Arguments words{ "unshare", "-m", "/bin/sh", "-c", script, "sh", std::to_string(kibibytes),
            m_world.folders().data, seed, m_world.path().toStdString() };
        words.insert(words.end(), command.begin(), command.end());
        const auto output = runCommand({ words, {}, {} }, std::chrono::minutes(2));
        return output ? test::CtlOutput{ output->exitStatus, QByteArray::fromStdString(output->standardOutput),
            QByteArray::fromStdString(output->standardError) }
                      : test::CtlOutput();
    }

    /// Everything below the data folder: what a refused command must not change.
    QStringList files() const
    {
        QStringList all;
        QDirIterator it(QString::fromStdString(m_world.folders().data),
            QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot, QDirIterator::Subdirectories);
        while (it.hasNext()) {
            const QString path = it.next();
            if (!path.contains(u"/layers") && !path.contains(u"/events")
                && !path.endsWith(u".lock")) // layers are kept once unpacked
                all << path;
        }
        all.sort();
        return all;
    }

    test::CtlWorld m_world;
    test::LibvirtSession m_libvirt;
    QTcpServer m_listener;
};

QTEST_GUILESS_MAIN(CtlBadInputTest)
#include "ctl_bad_input_test.moc"
