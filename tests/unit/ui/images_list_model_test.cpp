// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/images/image_list_model.h"

#include "core/base/subprocess.h"
#include "core/images/image_store.h"
#include "core/images/starter_image.h"
#include "tests/support/temporary_world.h"
#include "tests/support/wait_for_job.h"

#include <QAbstractItemModelTester>
#include <QTest>

using namespace twinhull;
using namespace twinhull::test;

class ImageListModelTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void followsTheStore()
    {
        TemporaryWorld world;
        ImageStore store(world.folders());
        ImageListModel model(store);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.rowCount(), 0);

        const std::string busybox = findExecutable("busybox");
        if (busybox.empty())
            QSKIP("needs busybox-static");
        const auto job = buildStarterImage(world.folders(), QString::fromStdString(busybox));
        QVERIFY(runJob(*job));
        store.refresh();
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(text(model, ImageListModel::Reference), QStringLiteral("twinhull/starter:latest"));
        const QString digest = model.imageAt(model.index(0, 0))->digest;
        QVERIFY(digest.contains(text(model, ImageListModel::Digest)));
        QVERIFY(text(model, ImageListModel::Layers).toInt() >= 1);

        const auto removal = store.remove(digest);
        QVERIFY(runJob(*removal));
        QCOMPARE(model.rowCount(), 0);
    }

    void namesItsColumns()
    {
        TemporaryWorld world;
        const ImageStore store(world.folders());
        const ImageListModel model(store);
        for (int column = 0; column < model.columnCount(); ++column)
            QVERIFY(!model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString().isEmpty());
    }

private:
    static QString text(const ImageListModel& model, int column)
    {
        return model.index(0, column).data(Qt::DisplayRole).toString();
    }
};

QTEST_GUILESS_MAIN(ImageListModelTest)
#include "images_list_model_test.moc"
