// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/power/saved_file.h"
#include "tests/support/temporary_world.h"

#include <QFile>
#include <QTest>

#include <fcntl.h>
#include <sys/stat.h>

using namespace twinhull;

namespace {

constexpr std::int64_t kThenSeconds = 1'700'000'000;
constexpr std::int64_t kThen = kThenSeconds * 1'000'000'000;

QByteArray diskOf(const QString& path, const char* more = "")
{
    return "<disk><source file='" + path.toUtf8() + "'/>" + more + "</disk>";
}

} // namespace

class SavedFileTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void namesADiskThatWasWrittenSince()
    {
        const QString early = makeFile("early.img", kThenSeconds - 1);
        const QString late = makeFile("late.img", kThenSeconds + 1);
        const auto written = [](const QByteArray& disks) {
            return diskWrittenSince("<domain><devices>" + disks + "</devices></domain>", kThen);
        };
        QCOMPARE(written(diskOf(early) + diskOf(late)), late);
        QCOMPARE(written(diskOf(early)), QString());
        QCOMPARE(written(diskOf(late, "<readonly/>")), QString());
        QCOMPARE(written(diskOf(late + QStringLiteral(".none")) + "<disk><source dev='/dev/null'/></disk>"), QString());
        QCOMPARE(written("<interface><source file='" + late.toUtf8() + "'/></interface>"), QString());
        QCOMPARE(diskWrittenSince("no xml", kThen), QString());
    }

private:
    QString makeFile(const char* name, std::int64_t writtenAtSeconds) const
    {
        const QString path = m_world.path(QLatin1String(name));
        QFile file(path);
        const timespec times[2] = { { writtenAtSeconds, 0 }, { writtenAtSeconds, 0 } };
        const bool isMade = file.open(QIODevice::WriteOnly) && ::futimens(file.handle(), times) == 0;
        return isMade ? path : QString();
    }

    test::TemporaryWorld m_world;
};

QTEST_GUILESS_MAIN(SavedFileTest)
#include "saved_file_test.moc"
