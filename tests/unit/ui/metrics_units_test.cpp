// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/units.h"

#include <QTest>

using namespace twinhull;

class UnitsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void choosesAReadableTop_data()
    {
        QTest::addColumn<double>("largest");
        QTest::addColumn<double>("top");
        QTest::newRow("nothing yet") << 0.0 << 1.0;
        QTest::newRow("a small share") << 0.37 << 0.4;
        QTest::newRow("exactly a top") << 200.0 << 200.0;
        QTest::newRow("just above") << 201.0 << 300.0;
        QTest::newRow("thousands") << 4100.0 << 6000.0;
    }

    void choosesAReadableTop()
    {
        QFETCH(double, largest);
        QTEST(axisScale(0, largest).top, "top");
    }

    void goesBelowZeroOnlyWhereThatIsMuch()
    {
        QCOMPARE(axisScale(-1, 100).bottom, 0.0);
        QCOMPARE(axisScale(-60, 100).bottom, -100.0);
    }

    void namesTheUnitInTheTitle()
    {
        QCOMPARE(axisTitle(Quantity::Cpu, unitFor(Quantity::Cpu, 0.02)), QStringLiteral("CPU, % of one core"));
        QCOMPARE(axisTitle(Quantity::Disk, unitFor(Quantity::Disk, 3e6)), QStringLiteral("Disk, MB/s"));
        QCOMPARE(axisTitle(Quantity::Memory, unitFor(Quantity::Memory, 150.0 * 1048576)),
            QStringLiteral("Memory, resident, MiB"));
    }

    void writesSigns()
    {
        QCOMPARE(signedReadingText(Quantity::Cpu, 0.019), QStringLiteral("+1.9 %"));
        QCOMPARE(signedReadingText(Quantity::Cpu, -0.019), QStringLiteral("\u22121.9 %"));
        QCOMPARE(signedReadingText(Quantity::Cpu, 0), QStringLiteral("0.0 %"));
        QCOMPARE(signedReadingText(Quantity::Memory, 137.0 * 1048576), QStringLiteral("+137 MiB"));
    }
};

QTEST_GUILESS_MAIN(UnitsTest)
#include "metrics_units_test.moc"
