// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/report_picture.h"

#include "core/jobs/job.h"
#include "core/twin/comparison_report.h"
#include "ui/metrics/chart_saving.h"

#include <QDir>
#include <QFile>
#include <QImage>
#include <QPixmap>
#include <QTemporaryDir>
#include <QTest>

using namespace twinhull;

namespace {

Comparison measured(double vmMilliseconds)
{
    Comparison comparison;
    comparison.image = QStringLiteral("twinhull/starter");
    comparison.machine.acceleration = QStringLiteral("kvm");
    for (int round = 0; round < 6; ++round) {
        RunFigures run;
        run.startupMilliseconds = Figure::of(20 + round);
        run.memoryHostBytes = Figure::of(11 << 20);
        comparison.container.runs.push_back(run);
        run.startupMilliseconds = Figure::of(vmMilliseconds + round);
        comparison.vm.runs.push_back(run);
    }
    return comparison;
}

QImage pictureOf(const Comparison& comparison)
{
    const auto png = reportPng(ComparisonReport(comparison));
    return png ? QImage::fromData(*png, "PNG") : QImage();
}

qint64 pixelsOf(const QImage& image, const QColor& color)
{
    qint64 count = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x)
            count += image.pixelColor(x, y) == color ? 1 : 0;
    }
    return count;
}

} // namespace

class ReportPictureTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void hasTheBarsInTheirColours()
    {
        const QImage image = pictureOf(measured(200));
        QVERIFY(!image.isNull());
        QVERIFY(image.width() >= 1500 && image.height() > 500);
        QCOMPARE(image.pixelColor(2, 2), QColor(Qt::white));
        QVERIFY(pixelsOf(image, QColor(0xdd, 0x7a, 0x00)) > 1000); // container
        QVERIFY(pixelsOf(image, QColor(0x2b, 0x6c, 0xb0)) > 1000); // VM
    }

    /// A file of that name stays as it was: nobody is told that an empty picture is their report.
    void aPictureThatCannotBeMadeIsNoFile()
    {
        QVERIFY(!picturePng("this is no picture"));
        QVERIFY(!pngOf(QPixmap()));
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("report.png"));
        QFile before(path);
        QVERIFY(before.open(QIODevice::WriteOnly) && before.write("before") == 6);
        before.close();
        const auto job = exportJob(path, picturePng("this is no picture"));
        job->start();
        QTRY_COMPARE(job->state(), Job::State::Failed);
        QVERIFY(!job->result().error().hint.empty());
        QVERIFY(before.open(QIODevice::ReadOnly));
        QCOMPARE(before.readAll(), QByteArray("before"));
        const auto written = exportJob(path, reportPng(ComparisonReport(measured(200))));
        written->start();
        QTRY_COMPARE(written->state(), Job::State::Succeeded);
        QVERIFY(!QImage(path).isNull());
    }

    /// CSV has no comments: its columns are told beside it.
    void aTableOfFiguresIsDescribedInASecondFile()
    {
        const QTemporaryDir folder;
        const auto job = exportJob(
            folder.filePath(QStringLiteral("a.csv")), QByteArray("cpu_cores\n1\n"), { QStringLiteral("cpu_cores") });
        job->start();
        QTRY_COMPARE(job->state(), Job::State::Succeeded);
        QFile described(folder.filePath(QStringLiteral("a.csv-metadata.json")));
        QVERIFY(described.open(QIODevice::ReadOnly));
        QVERIFY(described.readAll().contains("\"schema:unitText\": \"cores\""));
    }

    void aTableWhoseDescriptionCannotBeWrittenIsAsItWas()
    {
        const QTemporaryDir folder;
        QVERIFY(QDir(folder.path()).mkdir(QStringLiteral("a.csv-metadata.json"))); // no file can stand there
        QFile before(folder.filePath(QStringLiteral("a.csv")));
        QVERIFY(before.open(QIODevice::WriteOnly) && before.write("before") == 6);
        before.close();
        const auto job = exportJob(before.fileName(), QByteArray("cpu_cores\n1\n"), { QStringLiteral("cpu_cores") });
        job->start();
        QTRY_COMPARE(job->state(), Job::State::Failed);
        QVERIFY(before.open(QIODevice::ReadOnly));
        QCOMPARE(before.readAll(), QByteArray("before"));
    }

    void longerBarsHaveMorePixels()
    {
        const QColor container(0xdd, 0x7a, 0x00);
        QVERIFY(pixelsOf(pictureOf(measured(40)), container) > pixelsOf(pictureOf(measured(400)), container));
    }
};

QTEST_MAIN(ReportPictureTest)
#include "report_picture_test.moc"
