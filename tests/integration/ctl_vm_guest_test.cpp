// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/images/guest_kernel.h"
#include "core/vms/session_daemon.h"
#include "tests/support/ctl.h"
#include "tests/support/guest_world.h"
#include "tests/support/libvirt_session.h"
#include "tests/support/temporary_world.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonObject>
#include <QTest>

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
