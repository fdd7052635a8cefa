// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/namespaces/sysctls.h"

#include <QDirIterator>
#include <QTest>

#include <sched.h>

using namespace twinhull;
using namespace twinhull::runtime;
using oci::NamespaceKind;

/// CVE-2022-0811: a parameter that is not a namespace's own changes the whole computer.
class SysctlsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void knowsThoseOfNamespaces_data()
    {
        QTest::addColumn<int>("kind");
        const auto row = [](const char* name, NamespaceKind kind) { QTest::newRow(name) << static_cast<int>(kind); };
        row("net.ipv4.ip_forward", NamespaceKind::Network);
        row("net/ipv4/conf/eth0.100/forwarding", NamespaceKind::Network);
        row("net.core.somaxconn", NamespaceKind::Network);
        row("fs.mqueue.msg_max", NamespaceKind::Ipc);
        row("kernel.msgmax", NamespaceKind::Ipc);
        row("kernel.sem", NamespaceKind::Ipc);
        row("kernel/shm_rmid_forced", NamespaceKind::Ipc);
        row("kernel.hostname", NamespaceKind::Uts);
        row("kernel.domainname", NamespaceKind::Uts);
    }
    void knowsThoseOfNamespaces()
    {
        QFETCH(int, kind);
        const auto found = namespaceOfSysctl(QTest::currentDataTag());
        QVERIFY(found);
        QCOMPARE(static_cast<int>(*found), kind);
    }

    void refusesWhatLooksAlike_data()
    {
        QTest::addColumn<int>("none");
        for (const char* name : { "", "net", "kernel", "network.x", "nets/x", "net/../kernel/core_pattern",
                 "net/ipv4/../../kernel/core_pattern", "net..kernel", "/net/ipv4/ip_forward", ".net.ipv4.ip_forward",
                 "fs.mqueue", "fs.mqueuex.a", "kernel.msgmaxx", "kernel.sem.x", "kernel/msgmax/../core_pattern",
                 "Net.ipv4.ip_forward" })
            QTest::newRow(name) << 0;
    }
    void refusesWhatLooksAlike() { QVERIFY(!namespaceOfSysctl(QTest::currentDataTag())); }

    // all that this kernel has outside net and the parameters of System V IPC
    void refusesEveryParameterOfTheComputer()
    {
        int count = 0;
        QStringList taken;
        QDirIterator files(QStringLiteral("/proc/sys"), QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            const QString name = files.next().mid(int(qstrlen("/proc/sys/")));
            if (name.startsWith(QLatin1String("net/")) || name.startsWith(QLatin1String("fs/mqueue/")))
                continue;
            ++count;
            if (namespaceOfSysctl(name.toStdString()))
                taken << name;
        }
        QVERIFY(count > 100);
        taken.sort();
        static const QSet<QString> own{ QStringLiteral("kernel/msgmax"), QStringLiteral("kernel/msgmnb"),
            QStringLiteral("kernel/msgmni"), QStringLiteral("kernel/sem"), QStringLiteral("kernel/shmall"),
            QStringLiteral("kernel/shmmax"), QStringLiteral("kernel/shmmni"), QStringLiteral("kernel/shm_rmid_forced"),
            QStringLiteral("kernel/msg_next_id"), QStringLiteral("kernel/hostname"),
            QStringLiteral("kernel/domainname") };
        for (const auto& name : taken)
            QVERIFY2(own.contains(name), qPrintable(name));
    }

    void writesNothingBeforeItHasRefused_data()
    {
        QTest::addColumn<quint64>("flags");
        QTest::addColumn<QString>("hint");
        QTest::newRow("kernel.msgmax") << quint64{ CLONE_NEWNET | CLONE_NEWUTS } << QStringLiteral("ipc namespace");
        QTest::newRow("net.ipv4.ip_forward") << quint64{ CLONE_NEWIPC } << QStringLiteral("network namespace");
        QTest::newRow("kernel.hostname") << quint64{ CLONE_NEWIPC } << QStringLiteral("uts namespace");
        QTest::newRow("kernel.core_pattern")
            << quint64{ CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWUTS } << QStringLiteral("Leave it out");
    }
    void writesNothingBeforeItHasRefused()
    {
        QFETCH(quint64, flags);
        QFETCH(QString, hint);
        NamespacePlan plan;
        plan.newFlags = flags;
        auto written = writeSysctls({ { QTest::currentDataTag(), "1" } }, plan);
        QVERIFY(!written);
        QCOMPARE(written.error().code, ErrorCode::InvalidArgument);
        QVERIFY2(QString::fromStdString(written.error().hint).contains(hint), written.error().hint.c_str());
    }

    void writesNothingForNothing() { QVERIFY(writeSysctls({}, {})); }
};

QTEST_GUILESS_MAIN(SysctlsTest)
#include "sysctls_test.moc"
