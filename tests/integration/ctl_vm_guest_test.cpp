// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/images/guest_kernel.h"
#include "core/vms/link/session_daemon.h"
#include "tests/support/ctl.h"
#include "tests/support/guest_world.h"
#include "tests/support/libvirt_session.h"
#include "tests/support/temporary_world.h"

#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonObject>
#include <QTest>

#include <future>

using namespace twinhull;
using test::ctl;

/// What the command line tells of a machine's inside, by a real qemu-guest-agent in a real (emulated) guest, whose
/// first process is tests/support/real_agent.sh; and what it says where there is none.
class CtlVmGuestTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const auto prepared = test::prepareGuests();
        QVERIFY2(prepared, prepared ? "" : prepared.error().message.c_str());
        const auto kernel = requireGuestKernel(m_world.folders());
        QVERIFY(kernel);
        const auto ready = ensureSessionDaemon(m_uri);
        QVERIFY2(ready, ready ? "" : ready.error().toLine().c_str());
        const auto packed = pack(kernel->vmlinuxPath.section(u'/', 0, -2).toStdString() + "/modules");
        QVERIFY2(packed, packed ? "" : packed.error().toLine().c_str());
        const auto defined = define(kernel->vmlinuxPath);
        QVERIFY2(defined, defined ? "" : defined.error().toLine().c_str());
    }

    void cleanupTestCase()
    {
        (void)virsh({ "destroy", "inside" });
        (void)virsh({ "undefine", "inside" });
    }

    void saysWhatIsMissing()
    {
        QCOMPARE(guest()[u"agent"].toString(), QStringLiteral("off"));
        const auto refused = ctl({ "vm", "time-sync", "inside" });
        QVERIFY2(refused.exitCode != 0 && refused.err.contains("Start it first"), qPrintable(refused.text()));
        QVERIFY(virsh({ "start", "inside" }));
        const auto bare = guest();
        QCOMPARE(bare[u"agent"].toString(), QStringLiteral("no-channel"));
        QVERIFY(bare[u"hostname"].isNull() && bare[u"file_systems"].isNull() && bare[u"users"].isNull());
        QVERIFY2(bare[u"needs"].toString().contains(u"channel"), qPrintable(bare[u"needs"].toString()));
        QVERIFY(virsh({ "destroy", "inside" }));
    }

    void tellsWhatTheAgentTells()
    {
        const auto attached = ctl({ "vm", "attach", "inside", "channel" });
        QVERIFY2(attached.exitCode == 0, qPrintable(attached.text()));
        QVERIFY(virsh({ "start", "inside" }));
        QCOMPARE(guest()[u"agent"].toString(), QStringLiteral("silent")); // its agent begins when the disk has grown
        QVERIFY(virsh({ "blockresize", "inside", "vda", "9M" }));
        QTRY_COMPARE_WITH_TIMEOUT(guest()[u"agent"].toString(), QStringLiteral("answers"), 120'000);
        const auto facts = guest();
        QCOMPARE(facts[u"hostname"].toString(), QStringLiteral("inside"));
        QCOMPARE(facts[u"system"].toString(), QStringLiteral("Inside 1.0 ?[31mred"));
        QVERIFY(facts[u"kernel"].toString().endsWith(QStringLiteral("(x86_64)")));
        QVERIFY2(facts[u"time_zone"].toString().contains(u"UTC"), qPrintable(facts[u"time_zone"].toString()));
        const auto address = found(facts[u"addresses"].toArray(), u"address", u"10.11.12.13");
        QCOMPARE(address[u"prefix"].toInt(), 24);
        QCOMPARE(address[u"source"].toString(), QStringLiteral("agent"));
        const auto data = found(facts[u"file_systems"].toArray(), u"mount_point", u"/data");
        QCOMPARE(data[u"type"].toString(), QStringLiteral("ext4"));
        QVERIFY(data[u"used_bytes"].toDouble() > 0);
        QVERIFY(data[u"size_bytes"].toDouble() > data[u"used_bytes"].toDouble());
        const auto text = ctl({ "vm", "guest", "inside" });
        QVERIFY2(
            text.out.contains("10.11.12.13/24 lo") && text.out.contains("the guest's agent"), qPrintable(text.text()));
    }

    void setsTheClock()
    {
        const qint64 wrong = clockSaid();
        QVERIFY2(wrong > 0 && wrong < 1'000'000'000, qPrintable(QString::number(wrong)));
        const qint64 before = QDateTime::currentSecsSinceEpoch();
        const auto done = ctl({ "vm", "time-sync", "inside" });
        QVERIFY2(done.exitCode == 0, qPrintable(done.text()));
        QTRY_VERIFY_WITH_TIMEOUT(clockSaid() >= before, 20'000);
        QVERIFY(clockSaid() <= QDateTime::currentSecsSinceEpoch() + 1);
    }

    void runsCommandsAsTheyAreGiven()
    {
        const auto ended = ctl({ "exec", "inside", "sh", "-c", "printf '%s|' \"$@\"; echo wrong >&2; exit 7", "sh",
            "a b", "", "$HOME;\"" });
        QCOMPARE(ended.exitCode, 7);
        QCOMPARE(ended.out, QByteArray("a b||$HOME;\"|"));
        QCOMPARE(ended.err, QByteArray("wrong\n"));
        QCOMPARE(ctl({ "exec", "inside", "sh", "-c", "kill -9 $$" }).exitCode, 128 + 9);
        QCOMPARE(ctl({ "exec", "inside", "no-such-program" }).exitCode, 255);
        QCOMPARE(ctl({ "exec", "-w", "/", "inside", "true" }).exitCode, 5);
        const auto terminal = ctl({ "exec", "-t", "inside", "sh" });
        QVERIFY2(terminal.exitCode == 5 && terminal.err.contains("vm console inside"), qPrintable(terminal.text()));
        const auto limited = ctl({ "exec", "--limit", "1s", "inside", "sleep", "600" });
        QVERIFY2(limited.exitCode == 6 && limited.err.contains("time limit"), qPrintable(limited.text()));
        QVERIFY(ctl({ "exec", "inside", "pidof", "sleep" }).out.count(' ') < 1); // its own each second, and no other
    }

    /// Nine million bytes in one answer silenced the agent.
    void keepsTheBeginningOfALongOutput()
    {
        const auto ended = ctl({ "exec", "inside", "sh", "-c", "yes | head -c 9000000; echo late >&2; exit 3" });
        QCOMPARE(ended.exitCode, 3);
        QCOMPARE(ended.out.size(), qsizetype{ 2 } << 20U);
        QVERIFY2(ended.err.startsWith("late\n") && ended.err.contains("Only the beginning"), ended.err.constData());
        QCOMPARE(ctl({ "exec", "inside", "ls", "/tmp" }).out, QByteArray()); // nothing is left behind
    }

    void passesStandardInputOn()
    {
        const std::string program = TH_BIN_DIR "/twinhullctl";
        const auto said = runChecked(
            { { "sh", "-c", "yes | head -c 130000 | \"$1\" exec -i inside wc -c", "sh", program }, {}, {} },
            std::chrono::minutes(1));
        QVERIFY2(said, said ? "" : said.error().toLine().c_str());
        QCOMPARE(QByteArray::fromStdString(*said).trimmed(), QByteArray("130000"));
    }

    void copiesFilesInAndOut()
    {
        const std::string here = m_world.path(QStringLiteral("file")).toStdString();
        std::string content(std::size_t(700'000), 'x');
        for (std::size_t at = 0; at < content.size(); at += 7)
            content[at] = static_cast<char>(at / 7);
        QVERIFY(writeFileAtomically(here, content, 0750));
        const auto copied = ctl({ "cp", "--json", here, "inside:/data/" });
        QVERIFY2(copied.exitCode == 0, qPrintable(copied.text()));
        QCOMPARE(copied.json()[u"bytes"].toInt(), 700'000);
        QCOMPARE(ctl({ "exec", "inside", "stat", "-c", "%a %s", "/data/file" }).out, QByteArray("750 700000\n"));
        const auto back = ctl({ "cp", "inside:/data/file", here + ".back" });
        QVERIFY2(back.exitCode == 0, qPrintable(back.text()));
        QVERIFY(readFile(here + ".back").value() == content);
        QVERIFY(ctl({ "cp", "inside:/proc/version", m_world.path().toStdString() }).exitCode == 0); // of no told size
        QVERIFY(readFile(m_world.path(QStringLiteral("version")).toStdString()).value().starts_with("Linux version"));
        QCOMPARE(ctl({ "cp", "inside:/none", here + ".none" }).exitCode, 3);
        for (const char* refused : { "inside:/data", "inside:/dev/zero" })
            QVERIFY(ctl({ "cp", refused, here + ".none" }).exitCode != 0);
        QVERIFY(!QFile::exists(QString::fromStdString(here + ".none")));
        (void)ctl({ "exec", "inside", "dd", "if=/dev/zero", "of=/data/fill", "bs=64k" });
        const auto full = ctl({ "cp", here, "inside:/data/other" });
        QVERIFY2(full.exitCode != 0 && full.err.contains("No space left"), qPrintable(full.text()));
        QCOMPARE(ctl({ "exec", "inside", "ls", "-A", "/data" }).out, QByteArray("file\nfill\nlost+found\n"));
        (void)ctl({ "exec", "inside", "rm", "/data/fill" });
    }

    void tellsThatFileSystemsAreFrozen()
    {
        QCOMPARE(guest()[u"frozen"].toBool(true), false);
        QVERIFY(virsh({ "domfsfreeze", "inside" }));
        QCOMPARE(guest()[u"frozen"].toBool(), true);
        const auto refused = ctl({ "exec", "inside", "true" });
        QVERIFY2(refused.exitCode == 4 && refused.err.contains("thawed"), qPrintable(refused.text()));
        QVERIFY(virsh({ "domfsthaw", "inside" }));
        QCOMPARE(ctl({ "exec", "inside", "true" }).exitCode, 0);
    }

    void saysWhatTheAgentsConfigurationForbids()
    {
        (void)ctl({ "exec", "inside", "sh", "-c",
            "echo --blacklist=guest-file-write > /run/options; kill $(pidof qemu-ga)" });
        QTRY_COMPARE_WITH_TIMEOUT(guest()[u"agent"].toString(), QStringLiteral("answers"), 60'000);
        const auto refused = ctl({ "cp", m_world.path(QStringLiteral("inside.xml")).toStdString(), "inside:/data/" });
        QVERIFY2(
            refused.exitCode == 5 && refused.err.contains("guest-file-write") && refused.err.contains("qemu-ga.conf"),
            qPrintable(refused.text()));
        QCOMPARE(ctl({ "exec", "inside", "ls", "-A", "/data" }).out, QByteArray("file\nlost+found\n"));
    }

    void doesNotWaitForAnAgentThatHangs()
    {
        QElapsedTimer timer;
        timer.start();
        const auto stopped = ctl({ "exec", "inside", "sh", "-c", "kill -STOP $(pidof qemu-ga)" });
        QVERIFY2(stopped.exitCode == 5 && stopped.err.contains("does not answer"), qPrintable(stopped.text()));
        QVERIFY(timer.elapsed() < 30'000);
        auto hanging = std::async(std::launch::async, [] { return ctl({ "cp", "inside:/data/file", "/dev/null" }); });
        timer.restart();
        QCOMPARE(ctl({ "list" }).exitCode, 0);
        QVERIFY(hanging.wait_for(std::chrono::seconds(0)) != std::future_status::ready);
        QVERIFY(hanging.get().err.contains("does not answer"));
    }

    /// Nothing inside hears the power button.
    void isRebootedAndStoppedByTheAgent()
    {
        QVERIFY(virsh({ "blockresize", "inside", "vda", "10M" })); // which lets the agent go on
        QTRY_COMPARE_WITH_TIMEOUT(guest()[u"agent"].toString(), QStringLiteral("answers"), 60'000);
        const auto isOld = [] {
            return ctl({ "exec", "inside", "sh", "-c", "[ -e /tmp/old ] && exit 41; exit 42" }).exitCode;
        };
        QCOMPARE(ctl({ "exec", "inside", "touch", "/tmp/old" }).exitCode, 0);
        QCOMPARE(isOld(), 41);
        const auto rebooted = ctl({ "vm", "reboot", "inside" });
        QVERIFY2(rebooted.exitCode == 0, qPrintable(rebooted.text()));
        QTRY_COMPARE_WITH_TIMEOUT(isOld(), 42, 120'000);
        const auto stopped = ctl({ "stop", "--kind", "vm", "inside" });
        QVERIFY2(stopped.exitCode == 0, qPrintable(stopped.text()));
        QCOMPARE(guest()[u"agent"].toString(), QStringLiteral("off"));
    }

private:
    static QJsonObject guest() { return ctl({ "vm", "guest", "inside", "--json" }).json().object(); }

    static QJsonObject found(const QJsonArray& all, QStringView key, QStringView value)
    {
        for (const auto& one : all) {
            if (one[key].toString() == value)
                return one.toObject();
        }
        return {};
    }

    Result<std::string> virsh(std::vector<std::string> words) const
    {
        words.insert(words.begin(), { "virsh", "-q", "-c", m_uri.toStdString() });
        return runChecked({ std::move(words), {}, {} }, std::chrono::minutes(1));
    }

    /// What the guest said last of its clock; -1: nothing yet.
    qint64 clockSaid() const
    {
        QFile console(m_world.path(QStringLiteral("console")));
        if (!console.open(QIODevice::ReadOnly))
            return -1;
        const QString text = QString::fromUtf8(console.readAll()).remove(u'\r');
        const QString whole = text.left(text.lastIndexOf(u'\n'));
        const qsizetype at = whole.lastIndexOf(QStringLiteral("clock "));
        return at < 0 ? -1 : whole.mid(at + 6).section(u'\n', 0, 0).toLongLong();
    }

    /// busybox, the modules, qemu-ga with its libraries, and the script as /init; and a disk with a file system.
    Result<std::string> pack(const std::string& modules) const
    {
        const std::string root = m_world.path(QStringLiteral("root")).toStdString();
        return runChecked({ { "sh", "-ec",
                                "mkdir -p $1/bin $1/sbin $1/proc $1/sys $1/dev $1/etc $1/usr/sbin; "
                                "cp /bin/busybox $1/bin/busybox; ln -s /bin/busybox $1/sbin/hwclock; "
                                "cp /usr/sbin/qemu-ga $1/usr/sbin/; cp -r $2 $1/modules; cp $3 $1/init; "
                                "ldd /usr/sbin/qemu-ga | grep -o '/[^ ]*' | while read -r one; do "
                                "mkdir -p $1${one%/*}; cp -L $one $1$one; done; "
                                "printf 'ID=inside\\nNAME=Inside\\nPRETTY_NAME=\"Inside 1.0 \\033[31mred\"\\n' > "
                                "$1/etc/os-release; chmod 755 $1/init; cd $1; "
                                "find . | cpio --quiet -o -H newc > $1.cpio; truncate -s 8M $1.raw; "
                                "/sbin/mkfs.ext4 -q $1.raw",
                                "sh", root, modules, TH_SOURCE_DIR "/tests/support/real_agent.sh" },
                              {}, {} },
            std::chrono::minutes(1));
    }

    Result<std::string> define(const QString& kernel) const
    {
        const QString text
            = QStringLiteral("<domain type='qemu'><name>inside</name><memory unit='MiB'>160</memory><vcpu>1</vcpu><os>"
                             "<type arch='x86_64' machine='q35'>hvm</type><kernel>%1</kernel><initrd>%2.cpio</initrd>"
                             "<cmdline>console=ttyS0 panic=-1</cmdline></os><features><acpi/></features><devices><disk "
                             "type='file' device='disk'><driver name='qemu' type='raw'/><source file='%2.raw'/><target "
                             "dev='vda' bus='virtio'/></disk><serial type='file'><source path='%3'/></serial></devices>"
                             "</domain>")
                  .arg(kernel, m_world.path(QStringLiteral("root")), m_world.path(QStringLiteral("console")));
        const std::string path = m_world.path(QStringLiteral("inside.xml")).toStdString();
        const auto written = writeFileAtomically(path, text.toStdString());
        return written ? virsh({ "define", path }) : Result<std::string>(Error(written.error()));
    }

    test::TemporaryWorld m_world;
    test::LibvirtSession m_session;
    const QString m_uri = effectiveUri(QStringLiteral("qemu:///session"));
};

QTEST_GUILESS_MAIN(CtlVmGuestTest)
#include "ctl_vm_guest_test.moc"
