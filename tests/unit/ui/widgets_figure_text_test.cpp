// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/figure_text.h"

#include <QTest>

using namespace twinhull;

class FigureTextTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void writesBytes_data()
    {
        QTest::addColumn<double>("bytes");
        QTest::addColumn<QString>("text");
        QTest::newRow("nothing") << 0.0 << QStringLiteral("0");
        QTest::newRow("bytes") << 512.0 << QStringLiteral("512 B");
        QTest::newRow("just below a unit") << 1023.9 << QStringLiteral("1 KiB");
        QTest::newRow("whole") << 11.0 * 1048576 << QStringLiteral("11 MiB");
        QTest::newRow("small with a decimal") << 2.14 * 1073741824 << QStringLiteral("2.1 GiB");
        QTest::newRow("no trailing zero") << 4.0 * 1073741824 << QStringLiteral("4 GiB");
    }
    void writesBytes()
    {
        QFETCH(double, bytes);
        QTEST(byteCountText(bytes), "text");
    }

    void writesSigns()
    {
        QCOMPARE(signedByteCountText(137.0 * 1048576), QStringLiteral("+137 MiB"));
        QCOMPARE(signedByteCountText(-3.0 * 1048576), QStringLiteral("−3 MiB"));
    }

    void writesRatesInDecimalUnits()
    {
        QCOMPARE(rateText(42'000), QStringLiteral("42 kB/s"));
        QCOMPARE(rateText(1'200'000), QStringLiteral("1.2 MB/s"));
        QCOMPARE(rateText(0), QStringLiteral("0"));
    }

    void writesCpuAsPercentOfOneCore()
    {
        QCOMPARE(cpuText(0.003), QStringLiteral("0.3 %"));
        QCOMPARE(cpuText(1.34), QStringLiteral("134 %"));
    }

    void writesThreeDigitsWhereOnePercentIsMeant()
    {
        QCOMPARE(fineCpuText(0), QStringLiteral("0 %"));
        QCOMPARE(fineCpuText(0.00412), QStringLiteral("0.412 %"));
        QCOMPARE(fineCpuText(0.0412), QStringLiteral("4.12 %"));
        QCOMPARE(fineCpuText(3.004), QStringLiteral("300 %"));
        QCOMPARE(fineCpuText(0.09996), QStringLiteral("10.0 %"));
        QCOMPARE(fineCpuText(0.00000123), QStringLiteral("0.0001 %"));
        QCOMPARE(fineByteCountText(512), QStringLiteral("512 B"));
        QCOMPARE(fineByteCountText(58.26 * 1048576), QStringLiteral("58.3 MiB"));
        QCOMPARE(fineByteCountText(1023.8 * 1048576), QStringLiteral("1.00 GiB"));
        QCOMPARE(fineByteCountText(640 * 1048576.0), QStringLiteral("640 MiB"));
    }

    void writesTimes()
    {
        QCOMPARE(durationText(std::chrono::seconds(59)), QStringLiteral("59 s"));
        QCOMPARE(durationText(std::chrono::minutes(4)), QStringLiteral("4 min"));
        QCOMPARE(durationText(std::chrono::hours(26)), QStringLiteral("1 d"));
        QCOMPARE(millisecondsText(4.1), QStringLiteral("4.1 ms"));
        QCOMPARE(millisecondsText(1610), QStringLiteral("1.61 s"));
    }
};

QTEST_GUILESS_MAIN(FigureTextTest)
#include "widgets_figure_text_test.moc"
