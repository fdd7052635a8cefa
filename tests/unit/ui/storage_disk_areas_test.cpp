// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/storage/disk_area_model.h"
#include "ui/storage/volume_list_model.h"

#include "core/base/files.h"
#include "tests/support/temporary_world.h"
#include "tests/support/wait_for_job.h"

#include <QAbstractItemModelTester>
#include <QTest>

using namespace twinhull;
using namespace twinhull::test;

class DiskAreasTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsWhatTheFoldersTake()
    {
        TemporaryWorld world;
        QVERIFY(makeFolders(world.folders().images()));
        QVERIFY(writeFileAtomically(world.folders().images() + "/blob", std::string(1U << 20U, 'x')));
        auto areas = std::make_shared<std::vector<DiskArea>>(diskAreas(world.folders()));
        const auto job = readDiskAreas(areas);
        QVERIFY(runJob(*job));
        QVERIFY(areas->front().bytes && *areas->front().bytes >= 1U << 20U);
        QVERIFY(areas->back().bytes);
        QCOMPARE(*areas->back().bytes, std::uint64_t{ 0 });
    }

    void addsThemUpInTheLastRow()
    {
        DiskAreaModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.rowCount(), 0);
        model.setAreas({ { QStringLiteral("a"), {}, QStringLiteral("/a"), std::uint64_t{ 3 << 20 } },
            { QStringLiteral("b"), {}, QStringLiteral("/b"), std::uint64_t{ 1 << 20 } } });
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(model.index(2, DiskAreaModel::Bytes).data().toString(), QStringLiteral("4 MiB"));
    }

    void saysWhichFolderCouldNotBeRead()
    {
        DiskAreaModel model;
        model.setAreas({ { QStringLiteral("a"), {}, QStringLiteral("/a"),
            Error{ ErrorCode::PermissionDenied, "open /a: Permission denied", 0, {} } } });
        const QModelIndex cell = model.index(0, DiskAreaModel::Bytes);
        QCOMPARE(cell.data().toString(), QStringLiteral("not readable"));
        QVERIFY(cell.data(Qt::ToolTipRole).toString().contains(QStringLiteral("Permission denied")));
    }

    void showsVolumesAndWhoUsesThem()
    {
        VolumeListModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QVERIFY(model.volumeAt({}) == nullptr);
        model.setVolumes({ { { QStringLiteral("data"), QStringLiteral("/v/data"), QDateTime::currentDateTime(),
                                 { QStringLiteral("db"), QStringLiteral("web") } },
                               { QStringLiteral("old"), QStringLiteral("/v/old"), QDateTime::currentDateTime(), {} } },
            { 5 << 20, 0 } });
        QCOMPARE(model.index(0, VolumeListModel::Users).data().toString(), QStringLiteral("db, web"));
        QCOMPARE(model.index(0, VolumeListModel::Bytes).data().toString(), QStringLiteral("5 MiB"));
        QCOMPARE(model.unused(), QStringList{ QStringLiteral("old") });
        QCOMPARE(model.volumeAt(model.index(1, 0))->name, QStringLiteral("old"));
        MeasuredVolumes limited{ { { QStringLiteral("small"), {}, {}, {}, 4U << 20U, 1U << 20U },
                                     { QStringLiteral("sealed"), {}, {}, {}, {}, {}, QStringLiteral("needs root") } },
            { 1U << 20U, 0 } };
        model.setVolumes(limited);
        QCOMPARE(model.index(0, VolumeListModel::Bytes).data().toString(), QStringLiteral("1 MiB of 4 MiB"));
        QCOMPARE(model.index(1, VolumeListModel::Bytes).data().toString(), QStringLiteral("0 B, its limit needs root"));
    }
};

QTEST_GUILESS_MAIN(DiskAreasTest)
#include "storage_disk_areas_test.moc"
