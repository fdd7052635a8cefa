// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/power/saved_disks.h"
#include "tests/support/temporary_world.h"

#include <QFile>
#include <QTest>

#include <fcntl.h>
#include <sys/stat.h>

using namespace twinhull;

class SavedFileTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tellsADiskThatIsNotAsItWas()
    {
        const QString memory = makeFile("memory.saved", "memory");
        const QString disk = makeFile("disk.img", "disk");
        const QString other = makeFile("other.img", "other");
        const auto disks = disksOf({ disk, other });
        QCOMPARE(disks.size(), 2);
        QCOMPARE(check(memory, disks), ErrorCode::Unavailable); // nothing was noted
        QVERIFY(noteSavedDisks(m_world.folders(), memory, disks));
        QVERIFY(checkSavedDisks(m_world.folders(), memory, disks));
        const QString moved = m_world.path(QStringLiteral("moved.saved"));
        QVERIFY(QFile::rename(memory, moved));
        QVERIFY(checkSavedDisks(m_world.folders(), moved, disksOf({ disk, other })));
        QCOMPARE(check(moved, disksOf({ disk })), ErrorCode::Busy);
        QCOMPARE(check(makeFile("memory.saved", "of another"), disks), ErrorCode::Unavailable);

        const timespec times[2] = { { 0, UTIME_OMIT }, { 1, 0 } }; // into the past: no slack
        QCOMPARE(::utimensat(AT_FDCWD, disk.toUtf8().constData(), times, 0), 0);
        QCOMPARE(check(moved, disksOf({ disk, other })), ErrorCode::Busy);
        QVERIFY(noteSavedDisks(m_world.folders(), moved, disksOf({ disk, other }))); // looks like the first
        QCOMPARE(check(moved, disksOf({ disk, other })), ErrorCode::Unavailable);
    }

    void looksAtAllThatIsWritten()
    {
        const QString disk = makeFile("disk.img", "disk");
        QVERIFY(disksOf({}).empty());
        QVERIFY(!savedDisksOf(nullptr, xmlOf("<disk><source dev='/dev/null'/></disk>")));
        QVERIFY(!savedDisksOf(nullptr, xmlOf("<disk><source protocol='nbd' name='x'/></disk>")));
        QVERIFY(!savedDisksOf(nullptr, xmlOf("<disk><source file='/none/disk.img'/></disk>")));
        QVERIFY(!savedDisksOf(nullptr, "no xml"));
        const auto none = savedDisksOf(nullptr,
            xmlOf("<disk><source file='/none/disk.img'/><readonly/></disk><disk device='floppy'/>"
                  "<interface><source file='/none'/></interface>"));
        QVERIFY(none && none->empty());
    }

private:
    QByteArray xmlOf(const QByteArray& devices) const { return "<domain><devices>" + devices + "</devices></domain>"; }

    std::vector<SavedDisk> disksOf(const QStringList& paths) const
    {
        QByteArray devices;
        for (const QString& path : paths)
            devices += "<disk><source file='" + path.toUtf8() + "'/></disk>";
        const auto disks = savedDisksOf(nullptr, xmlOf(devices));
        return disks ? *disks : std::vector<SavedDisk>();
    }

    ErrorCode check(const QString& memory, const std::vector<SavedDisk>& disks) const
    {
        const auto checked = checkSavedDisks(m_world.folders(), memory, disks);
        return checked ? ErrorCode::Unknown : checked.error().code;
    }

    QString makeFile(const char* name, const QByteArray& content) const
    {
        const QString path = m_world.path(QLatin1String(name));
        QFile file(path);
        return file.open(QIODevice::WriteOnly) && file.write(content) == content.size() ? path : QString();
    }

    test::TemporaryWorld m_world;
};

QTEST_GUILESS_MAIN(SavedFileTest)
#include "saved_file_test.moc"
