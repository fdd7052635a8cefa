// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/checkpoint/criu_log.h"

#include <QTest>

using namespace twinhull::runtime;

class CriuLogTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tellsTheErrorThatTheOthersFollowFrom_data()
    {
        QTest::addColumn<QString>("log");
        QTest::addColumn<QString>("error");
        QTest::newRow("nothing") << QString() << QString();
        QTest::newRow("no error") << QStringLiteral("(00.000001) Version: 3.17.1\n(00.2) Warn  (criu/x.c:1): hm\n")
                                  << QString();
        QTest::newRow("three") << QStringLiteral(
            "(00.1) Running on host\n"
            "(00.189144) Error (criu/vdso.c:381): vdso: Unexpected rt vDSO area bounds\n"
            "(00.189148) Error (criu/vdso.c:613): vdso: Failed to fill self vdso symtable\n"
            "(00.2) Error (criu/cr-dump.c:2098): Dumping FAILED.\n")
                               << QStringLiteral("vdso: Unexpected rt vDSO area bounds");
        QTest::newRow("programs that it can do without")
            << QStringLiteral("(00.1) Error (criu/util.c:642): exited, status=1\n"
                              "(00.2) Error (criu/util.c:1567): iptables-save -V failed\n"
                              "(00.3) Error (criu/files.c:9): f: the cause\n")
            << QStringLiteral("f: the cause");
        QTest::newRow("in a child") << QStringLiteral(
            "(00.034)      1: Error (criu/mount.c:12): mnt: No mapping for 5\n")
                                    << QStringLiteral("mnt: No mapping for 5");
        QTest::newRow("without a line's end") << QStringLiteral("(0) Error (a.c:1): b: c") << QStringLiteral("b: c");
        QTest::newRow("without a place") << QStringLiteral("(0) Error (cut") << QStringLiteral("Error (cut");
    }
    void tellsTheErrorThatTheOthersFollowFrom()
    {
        QFETCH(QString, log);
        QFETCH(QString, error);
        QCOMPARE(QString::fromStdString(firstErrorOf(log.toStdString())), error);
    }

    void cutsAnErrorWithoutEnd()
    {
        const auto error = firstErrorOf("(0) Error (a.c:1): " + std::string(10'000, 'x'));
        QCOMPARE(error.size(), std::size_t{ 300 });
    }

    void namesTheOptionThatAnswersAnError()
    {
        QCOMPARE(hintFor("inet: Connected TCP socket, consider using --tcp-established option.", "/w/dump.log"),
            std::string("The container has open connections: use --tcp-established, or --tcp-close. All that criu said "
                        "stands in /w/dump.log"));
        QCOMPARE(
            hintFor("mnt: No mapping", "/w/restore.log"), std::string("All that criu said stands in /w/restore.log"));
    }

    void hasNothingToTellOfALogThatIsNotThere() { QVERIFY(firstErrorIn("/nowhere/dump.log").empty()); }
};

QTEST_GUILESS_MAIN(CriuLogTest)
#include "criu_log_test.moc"
