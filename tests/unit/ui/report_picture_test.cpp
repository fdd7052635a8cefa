// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/report_picture.h"

#include "core/twin/comparison_report.h"

#include <QImage>
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

    void longerBarsHaveMorePixels()
    {
        const QColor container(0xdd, 0x7a, 0x00);
        QVERIFY(pixelsOf(pictureOf(measured(40)), container) > pixelsOf(pictureOf(measured(400)), container));
    }
};

QTEST_MAIN(ReportPictureTest)
#include "report_picture_test.moc"
