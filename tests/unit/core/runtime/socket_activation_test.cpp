// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/socket_activation.h"

#include "core/runtime/process/environment.h"

#include <QTest>

#include <unistd.h>

using namespace twinhull::runtime;

class SocketActivationTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup()
    {
        for (const char* name : { "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES" })
            qunsetenv(name);
    }

    void takesWhatIsMeantForThisProcess_data()
    {
        QTest::addColumn<QByteArray>("descriptors");
        QTest::addColumn<QByteArray>("pid");
        QTest::addColumn<int>("expected");
        const QByteArray own = QByteArray::number(::getpid());
        QTest::newRow("two") << QByteArray("2") << own << 2;
        QTest::newRow("none") << QByteArray("0") << own << 0;
        QTest::newRow("somebody else's") << QByteArray("2") << QByteArray("1") << 0;
        QTest::newRow("no pid") << QByteArray("2") << QByteArray() << 0;
        QTest::newRow("no number") << QByteArray("2x") << own << 0;
        QTest::newRow("negative") << QByteArray("-2") << own << 0;
        QTest::newRow("far too many") << QByteArray("9999999") << own << 0;
    }
    void takesWhatIsMeantForThisProcess()
    {
        QFETCH(QByteArray, descriptors);
        QFETCH(QByteArray, pid);
        QFETCH(int, expected);
        qputenv("LISTEN_FDS", descriptors);
        qputenv("LISTEN_PID", pid);
        qputenv("LISTEN_FDNAMES", "a:b");
        const auto activation = SocketActivation::fromEnvironment();
        QCOMPARE(activation.descriptors, expected);
        QCOMPARE(activation.names, std::string(expected > 0 ? "a:b" : descriptors == "0" ? "a:b" : ""));
    }

    void tellsTheProgram()
    {
        std::vector<std::string> environment{ "A=b", "LISTEN_PID=7" };
        announce({ 2, "a:b" }, environment);
        QCOMPARE(environment,
            (std::vector<std::string>{
                "A=b", "LISTEN_PID=" + std::to_string(::getpid()), "LISTEN_FDS=2", "LISTEN_FDNAMES=a:b" }));
    }

    void saysNothingWithoutDescriptors()
    {
        std::vector<std::string> environment{ "A=b" };
        announce({}, environment);
        QCOMPARE(environment, std::vector<std::string>{ "A=b" });
    }

    void replacesAVariableInItsPlace()
    {
        std::vector<std::string> environment{ "AB=1", "A=1", "C=1" };
        setVariable(environment, "A=2");
        setVariable(environment, "D=");
        QCOMPARE(environment, (std::vector<std::string>{ "AB=1", "A=2", "C=1", "D=" }));
    }
};

QTEST_GUILESS_MAIN(SocketActivationTest)
#include "socket_activation_test.moc"
