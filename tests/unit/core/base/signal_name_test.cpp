// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/signal_name.h"

#include <QTest>
#include <csignal>

using namespace twinhull;

class SignalNameTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsSignals_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("number");
        QTest::newRow("name") << QStringLiteral("TERM") << SIGTERM;
        QTest::newRow("long name") << QStringLiteral("SIGKILL") << SIGKILL;
        QTest::newRow("number") << QStringLiteral("15") << 15;
        QTest::newRow("real time, as systemd's images ask for") << QStringLiteral("SIGRTMIN+3") << SIGRTMIN + 3;
        QTest::newRow("first of real time") << QStringLiteral("RTMIN") << SIGRTMIN;
        QTest::newRow("small letters") << QStringLiteral("sigusr1") << SIGUSR1;
        QTest::newRow("from the end") << QStringLiteral("RTMAX-1") << SIGRTMAX - 1;
        QTest::newRow("second name") << QStringLiteral("CLD") << SIGCHLD;
        for (const char* wrong : { "", "0", "65", "-9", "9x", "SIGNONE", "SIG", "RTMIN-1", "RTMIN+31", "RTMAX-31",
                 "RTMIN+", "RTMIN+-1", "99999999999" })
            QTest::newRow(*wrong != '\0' ? wrong : "empty") << QString::fromLatin1(wrong) << -1;
    }
    void readsSignals()
    {
        QFETCH(QString, text);
        QFETCH(int, number);
        QCOMPARE(signalNumber(text.toStdString()).value_or(-1), number);
    }

    void asksAProgramToEnd()
    {
        QCOMPARE(*stopSignalOf({}, {}), SIGTERM);
        QCOMPARE(*stopSignalOf({}, "SIGRTMIN+3"), SIGRTMIN + 3);
        QCOMPARE(*stopSignalOf("quit", "SIGRTMIN+3"), SIGQUIT);
        QVERIFY(stopSignalOf({}, "SIGNONE").error().hint.find("--stop-signal") != std::string::npos);
        QVERIFY(!stopSignalOf("SIGNONE", "SIGTERM"));
    }
};

QTEST_GUILESS_MAIN(SignalNameTest)
#include "signal_name_test.moc"
