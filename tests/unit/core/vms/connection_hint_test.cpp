// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/link/connection_hint.h"

#include <QTest>

using namespace twinhull;

class ConnectionHintTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void saysWhatToDo_data()
    {
        QTest::addColumn<QString>("uri");
        QTest::addColumn<QString>("message");
        QTest::addColumn<QString>("hint");
        const QString ssh = QStringLiteral("qemu+ssh://me@lab/system");
        const auto row = [](const char* name, const QString& uri, const char* message, const char* hint) {
            QTest::newRow(name) << uri << QString::fromLatin1(message) << QString::fromLatin1(hint);
        };
        row("unknown key", ssh, "Cannot recv data: Host key verification failed.", "ssh me@lab");
        row("changed key", ssh, "Cannot recv data: @@@@@@@@@@@@@@@@", "ssh-keygen -R lab");
        row("no key", ssh, "me@lab: Permission denied (publickey,password).", "ssh-copy-id me@lab");
        row("off", ssh, "connect to host lab port 22: Connection timed out", "tried again by itself");
        row("polkit", QStringLiteral("qemu:///system"), "authentication unavailable: no polkit agent available",
            "usermod -aG libvirt");
        row("polkit's rule", QStringLiteral("qemu:///system"),
            "access denied: 'org.libvirt.unix.manage' denied by policy", "org.libvirt.unix.manage");
        row("socket", QStringLiteral("qemu:///system"),
            "Failed to connect socket to '/var/run/libvirt/libvirt-sock': Permission denied", "usermod -aG libvirt");
        row("no driver", QStringLiteral("lxc:///"), "no connection driver available for lxc:///", "driver-lxc");
        row("no libvirt", QStringLiteral("qemu:///session"), "Failed to connect socket", "libvirt-daemon-driver-qemu");
    }

    void saysWhatToDo()
    {
        QFETCH(QString, uri);
        QFETCH(QString, message);
        QFETCH(QString, hint);
        const Error told = withNextStep({ ErrorCode::Unavailable, message.toStdString(), 0, {} }, uri);
        QVERIFY2(QString::fromStdString(told.hint).contains(hint), told.hint.c_str());
    }

    void leavesAHintThatIsThere()
    {
        const Error told = withNextStep({ ErrorCode::Unavailable, "x", 0, "do this" }, QStringLiteral("lxc:///"));
        QCOMPARE(told.hint, std::string("do this"));
    }
};

QTEST_GUILESS_MAIN(ConnectionHintTest)
#include "connection_hint_test.moc"
