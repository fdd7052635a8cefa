// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <clocale>
#include <cstdio>

using namespace twinhull;
using namespace std::chrono_literals;

namespace {

QString text(const std::string& value)
{
    return QString::fromStdString(value);
}

/// A locale with a decimal comma that needs no package: LC_NUMERIC as localedef(1) of glibc compiles it.
class CommaLocale {
public:
    CommaLocale()
    {
        static constexpr unsigned char kNumeric[] = { 0x14, 0x11, 0x03, 0x20, 0x06, 0x00, 0x00, 0x00, 0x20, 0x00, 0x00,
            0x00, 0x22, 0x00, 0x00, 0x00, 0x24, 0x00, 0x00, 0x00, 0x28, 0x00, 0x00, 0x00, 0x2c, 0x00, 0x00, 0x00, 0x30,
            0x00, 0x00, 0x00, 0x2c, 0x00, 0x2e, 0x00, 0x03, 0x03, 0x00, 0x00, 0x2c, 0x00, 0x00, 0x00, 0x2e, 0x00, 0x00,
            0x00, 0x41, 0x4e, 0x53, 0x49, 0x5f, 0x58, 0x33, 0x2e, 0x34, 0x2d, 0x31, 0x39, 0x36, 0x38, 0x00 };
        QDir(m_folder.path()).mkdir(QStringLiteral("xx_XX"));
        QFile file(m_folder.filePath(QStringLiteral("xx_XX/LC_NUMERIC")));
        if (file.open(QIODevice::WriteOnly))
            file.write(reinterpret_cast<const char*>(kNumeric), sizeof kNumeric);
        file.close();
        qputenv("LOCPATH", QFile::encodeName(m_folder.path()));
        m_isSet = std::setlocale(LC_NUMERIC, "xx_XX") != nullptr;
    }
    ~CommaLocale()
    {
        std::setlocale(LC_NUMERIC, "C");
        qunsetenv("LOCPATH");
    }
    CommaLocale(const CommaLocale&) = delete;
    CommaLocale& operator=(const CommaLocale&) = delete;

    bool isSet() const { return m_isSet; }

private:
    QTemporaryDir m_folder;
    bool m_isSet = false;
};

} // namespace

class TextTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void writesBytes_data()
    {
        QTest::addColumn<quint64>("bytes");
        QTest::addColumn<QString>("expected");
        QTest::newRow("nothing") << quint64{ 0 } << "0 B";
        QTest::newRow("below the first unit") << quint64{ 1000 } << "1000 B";
        QTest::newRow("whole") << quint64{ 1024 } << "1 KiB";
        QTest::newRow("a decimal below ten") << quint64{ 4402341478 } << "4.1 GiB";
        QTest::newRow("no decimal from ten") << quint64{ 11 * 1024 * 1024 + 300'000 } << "11 MiB";
        QTest::newRow("rounds up to ten") << quint64{ 10'460'000 } << "10 MiB";
        QTest::newRow("never 1024 of a unit") << quint64{ 1024 * 1024 - 1 } << "1.0 MiB";
        QTest::newRow("largest") << ~quint64{ 0 } << "16 EiB";
    }
    void writesBytes()
    {
        QFETCH(quint64, bytes);
        QTEST(text(formatBytes(bytes)), "expected");
    }

    void writesRates_data()
    {
        QTest::addColumn<double>("rate");
        QTest::addColumn<QString>("expected");
        QTest::newRow("nothing") << 0.0 << "0 B/s";
        QTest::newRow("bytes") << 999.0 << "999 B/s";
        QTest::newRow("thousands") << 42'300.0 << "42 kB/s";
        QTest::newRow("millions") << 1'210'000.0 << "1.2 MB/s";
        QTest::newRow("never 1000 of a unit") << 999'999.0 << "1.0 MB/s";
        QTest::newRow("negative") << -3.0 << "0 B/s";
        QTest::newRow("not a number") << std::nan("") << "0 B/s";
    }
    void writesRates()
    {
        QFETCH(double, rate);
        QTEST(text(formatRate(rate)), "expected");
    }

    void writesFrequencies()
    {
        QCOMPARE(text(formatFrequency(0)), QStringLiteral("0.0 /s"));
        QCOMPARE(text(formatFrequency(0.44)), QStringLiteral("0.4 /s"));
        QCOMPARE(text(formatFrequency(120)), QStringLiteral("120 /s"));
        QCOMPARE(text(formatFrequency(3400)), QStringLiteral("3.4 k/s"));
    }

    void writesDurations_data()
    {
        QTest::addColumn<qint64>("nanoseconds");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, std::chrono::nanoseconds value, const char* expected) {
            QTest::newRow(name) << qint64{ value.count() } << QString::fromUtf8(expected);
        };
        row("nothing", 0ns, "0 s");
        row("nanoseconds", 850ns, "850 ns");
        row("microseconds", 12'300ns, "12 µs");
        row("milliseconds", 4'120us, "4.1 ms");
        row("never 1000 ms", 999'800us, "1.00 s");
        row("seconds", 1'612ms, "1.61 s");
        row("tens of seconds", 12'340ms, "12.3 s");
        row("never 60.0 s", 59'980ms, "1 min");
        row("minutes", 125s, "2 min 5 s");
        row("hours", 2h, "2 h");
        row("hours and minutes", 2h + 5min + 59s, "2 h 5 min");
        row("days", 76h, "3 d 4 h");
        row("negative", -4'120us, "-4.1 ms");
        row("most negative", std::chrono::nanoseconds::min(), "-106751 d 23 h");
    }
    void writesDurations()
    {
        QFETCH(qint64, nanoseconds);
        QTEST(text(formatDuration(std::chrono::nanoseconds(nanoseconds))), "expected");
    }

    void readsSizes_data()
    {
        QTest::addColumn<QByteArray>("written");
        QTest::addColumn<quint64>("expected");
        QTest::newRow("bytes") << QByteArray("4096") << quint64{ 4096 };
        QTest::newRow("zero") << QByteArray("0") << quint64{ 0 };
        QTest::newRow("megabytes") << QByteArray("256M") << quint64{ 268435456 };
        QTest::newRow("a fraction") << QByteArray("1.5G") << quint64{ 1610612736 };
        QTest::newRow("small letter") << QByteArray("512k") << quint64{ 524288 };
        QTest::newRow("whole unit") << QByteArray("1GiB") << quint64{ 1073741824 };
        QTest::newRow("with a blank") << QByteArray(" 10 MB ") << quint64{ 10485760 };
        QTest::newRow("bytes by name") << QByteArray("12 B") << quint64{ 12 };
        QTest::newRow("largest") << QByteArray("18446744073709551615") << ~quint64{ 0 };
        QTest::newRow("exact above 2^53") << QByteArray("9007199254740993") << quint64{ 9007199254740993ULL };
    }
    void readsSizes()
    {
        QFETCH(QByteArray, written);
        const auto size = parseSize(written.toStdString());
        QVERIFY2(size, size ? "" : size.error().message.c_str());
        QTEST(quint64{ *size }, "expected");
    }

    void refusesWhatIsNoSize_data()
    {
        QTest::addColumn<QByteArray>("written");
        for (const char* written : { "", " ", "M", "-1", "+1", "1.5", "1X", "1MM", "1 M M", "inf", "nan", "0x10", "1e3",
                 "16E", "18446744073709551616", "1,5G", ".5G" })
            QTest::newRow(*written ? written : "empty") << QByteArray(written);
    }
    void refusesWhatIsNoSize()
    {
        QFETCH(QByteArray, written);
        const auto size = parseSize(written.toStdString());
        QVERIFY(!size);
        QCOMPARE(size.error().code, ErrorCode::InvalidArgument);
    }

    void readsPortsFrom1To65535()
    {
        QCOMPARE(*parsePort("1"), std::uint16_t{ 1 });
        QCOMPARE(*parsePort("65535"), std::uint16_t{ 65535 });
        for (const char* bad : { "", "0", "65536", "-1", "80a", "http", "99999999999999999999" })
            QVERIFY2(!parsePort(bad), bad);
    }

    void knowsNoLocale()
    {
        const CommaLocale locale;
        QVERIFY(locale.isSet());
        char number[16];
        std::snprintf(number, sizeof number, "%.1f", 1.5);
        QCOMPARE(number, "1,5");
        QCOMPARE(text(formatBytes(1536)), QStringLiteral("1.5 KiB"));
        QCOMPARE(*parseSize("1.5k"), std::uint64_t{ 1536 });
    }
};

QTEST_GUILESS_MAIN(TextTest)
#include "text_test.moc"
