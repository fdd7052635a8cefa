// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/mounts/mount_call.h"

#include <QTest>

#include <sys/mount.h>

using namespace twinhull::runtime;

/// Which mounts may take the short way, and what it is told: whatever is lost on it is a container with more rights.
class MountCallTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void joinsOptionsAndFlags()
    {
        const auto call = asMountCall({ "devpts", "devpts", { { "newinstance", "" }, { "mode", "0620" } },
            MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC });
        QVERIFY(call);
        QCOMPARE(call->options, std::string("newinstance,mode=0620"));
        QCOMPARE(call->flags, static_cast<unsigned long>(MS_NOSUID | MS_NODEV | MS_NOEXEC));
    }

    void asksForNothingByItself()
    {
        const auto call = asMountCall({ "proc", "proc", {}, 0 });
        QVERIFY(call && call->options.empty());
        QCOMPARE(call->flags, 0UL);
    }

    void leavesTheRestToTheLongWay_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<quint64>("attributes");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("value");
        QTest::addColumn<bool>("isShort");
        const auto row = [](const char* name, const char* type, quint64 attributes, QString value, bool isShort) {
            QTest::newRow(name) << QString::fromLatin1(type) << attributes << QStringLiteral("size") << value
                                << isShort;
        };
        const QString plain = QStringLiteral("4k");
        row("plain", "tmpfs", 0, plain, true);
        row("a tmpfs that is read-only", "tmpfs", MOUNT_ATTR_RDONLY, plain, true);
        row("what may be the host's as well, read-only", "sysfs", MOUNT_ATTR_RDONLY, plain, false);
        row("cgroups, read-only", "cgroup2", MOUNT_ATTR_RDONLY, plain, false);
        row("a value with a comma", "tmpfs", 0, QStringLiteral("4k,mode=777"), false);
        row("access times", "tmpfs", MOUNT_ATTR_NOATIME, plain, false);
        row("strict access times", "tmpfs", MOUNT_ATTR_STRICTATIME, plain, false);
        row("an attribute that is not known here", "tmpfs", MOUNT_ATTR_IDMAP, plain, false);
        row("a page of options", "tmpfs", 0, QString(4090, u'1'), true);
        row("more than a page", "tmpfs", 0, QString(4091, u'1'), false);
        QTest::newRow("a key with a comma")
            << QStringLiteral("tmpfs") << quint64{ 0 } << QStringLiteral("a,dev") << QString() << false;
    }
    void leavesTheRestToTheLongWay()
    {
        QFETCH(QString, type);
        QFETCH(quint64, attributes);
        QFETCH(QString, key);
        QFETCH(QString, value);
        QFETCH(bool, isShort);
        const auto call = asMountCall({ type.toStdString(), "none", { { key.toStdString(), value.toStdString() } },
            static_cast<std::uint64_t>(attributes) });
        QCOMPARE(call.has_value(), isShort);
    }
};

QTEST_GUILESS_MAIN(MountCallTest)
#include "mount_call_test.moc"
