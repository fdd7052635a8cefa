// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "tests/support/ctl.h"
#include "tests/support/libvirt_session.h"
#include "tests/support/other_libvirt.h"
#include "tests/support/temporary_world.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonObject>
#include <QTest>

#include <unistd.h>

using namespace twinhull;
using test::ctl;
using Words = std::vector<std::string>;

/// VMs on a libvirt that is reached as one of another computer: by a program that carries what both say, as ssh does.
class CtlVmElsewhereTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (::geteuid() != 0)
            QSKIP("needs root");
        QCOMPARE(m_other.start(), QString());
        qputenv("OSINFO_SYSTEM_DIR", m_world.path(QStringLiteral("none")).toUtf8()); // they take their time to be read
        const QString carrier = m_world.path(QStringLiteral("carry"));
        QFile file(carrier);
        QVERIFY(file.open(QIODevice::WriteOnly));
        const QByteArray runtime = m_world.path(QStringLiteral("b/r")).toUtf8();
        file.write("#!/bin/sh\n# root's own session is not what this helper looks for\nXDG_RUNTIME_DIR='" + runtime
            + "' exec unshare --user --map-user=1 --map-group=1 virt-ssh-helper qemu:///session\n");
        file.close();
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
        does({ "connect", "qemu+ext://far/session?command=" + carrier.toStdString(), "--name", "far" });
        QVERIFY(QDir().mkpath(pool()));
        QFile medium(m_world.path(QStringLiteral("install.iso")));
        QVERIFY(medium.open(QIODevice::WriteOnly) && medium.write(QByteArray(1 << 20, 'i')) > 0);
        m_medium = medium.fileName().toStdString();
    }

    void whatIsHereOnlyIsRefused_data()
    {
        QTest::addColumn<Words>("words");
        QTest::addColumn<QString>("why");
        const auto row = [](const char* name, Words words, const char* why) {
            QTest::newRow(name) << std::move(words) << QString::fromLatin1(why);
        };
        row("medium", { "create", "--name", "x", "--cdrom", "MEDIUM" }, "is in no storage pool of that host");
        row("copy", { "import", "--name", "x", "--disk", "MEDIUM" }, "on this computer alone");
        row("no pool", { "create", "--name", "x", "--pxe" }, "no storage pool for the new disk");
        row("ports", { "create", "--name", "x", "--pxe", "-p", "8080:80" }, "published on this computer alone");
        row("installer", { "create", "--name", "x", "--location", "MEDIUM" }, "on this computer alone");
    }

    void whatIsHereOnlyIsRefused()
    {
        QFETCH(Words, words);
        QFETCH(QString, why);
        const auto refused = onFar(words);
        QVERIFY2(refused.exitCode != 0 && QString::fromUtf8(refused.err).contains(why), qPrintable(refused.text()));
        QCOMPARE(ctl({ "--connect", "far", "list", "--kind", "vm", "--json" }).json().array().size(), 0);
    }

    void isMadeOfWhatIsThere()
    {
        does({ "--connect", "far", "pool", "create", "media", "dir", "target=" + pool().toStdString() });
        does({ "--connect", "far", "pool", "volume", "upload", "media", "install.iso", m_medium });
        const std::string there = pool().toStdString() + "/install.iso";
        const auto made = onFar({ "create", "--name", "x", "--cdrom", there, "--disk", "1G", "--memory", "64M",
            "--network", "none", "--json" });
        QVERIFY2(made.exitCode == 0, qPrintable(made.text()));
        QVERIFY(made.json()[u"id"].toString().endsWith(u"@far"));
        QVERIFY(QFile::exists(pool() + QStringLiteral("/x.qcow2")));
        const QByteArray xml = ctl({ "--connect", "far", "vm", "xml", "x" }).out;
        QVERIFY2(xml.contains(("file='" + there + "'").c_str()) && xml.contains("/x.qcow2'"), xml.constData());
        QVERIFY2(!xml.contains("<log"), xml.constData()); // its folder would be here

        const auto again = onFar({ "create", "--name", "x", "--pxe", "--disk", "1G" });
        QVERIFY2(again.exitCode != 0 && again.err.contains("exists there"), qPrintable(again.text()));
        const auto inTheWay = onFar({ "create", "--name", "install.iso", "--pxe", "--pool", "none" });
        QVERIFY2(inTheWay.exitCode != 0 && inTheWay.err.contains("It has: media"), qPrintable(inTheWay.text()));
    }

    void usesADiskInPlaceAndRuns()
    {
        does({ "--connect", "far", "remove", "x" });
        const std::string disk = pool().toStdString() + "/x.qcow2";
        QVERIFY(QFile::exists(QString::fromStdString(disk))); // it is no file of ours
        const auto shown = onFar({ "import", "--name", "y", "--disk", disk, "--in-place", "--dry-run" });
        QVERIFY2(shown.out.contains("type=\"qcow2\""), qPrintable(shown.text()));
        does({ "--connect", "far", "vm", "import", "--name", "y", "--disk", disk, "--in-place", "--memory", "64M",
            "--network", "none" });
        const auto listed = ctl({ "--connect", "far", "list", "--kind", "vm", "--json" }).json().array();
        QCOMPARE(listed.size(), 1);
        QCOMPARE(listed[0][u"name"].toString(), QStringLiteral("y"));
    }

private:
    static void does(const Words& words)
    {
        QString all;
        for (const std::string& word : words)
            all += QString::fromStdString(word) + u' ';
        const auto done = ctl(words);
        if (done.exitCode != 0)
            QTest::qFail(qPrintable(all + done.text()), __FILE__, __LINE__);
    }

    test::CtlOutput onFar(const Words& words) const
    {
        Words all{ "--connect", "far", "vm" };
        for (const std::string& word : words)
            all.push_back(word == "MEDIUM" ? m_medium : word);
        return ctl(all);
    }

    QString pool() const { return m_world.path(QStringLiteral("p")); }

    test::TemporaryWorld m_world;
    test::LibvirtSession m_session;
    test::OtherLibvirt m_other{ m_world.path(QStringLiteral("b")) };
    std::string m_medium;
};

QTEST_GUILESS_MAIN(CtlVmElsewhereTest)

#include "ctl_vm_elsewhere_test.moc"
