// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/login_service.h"

#include "core/base/files.h"
#include "tests/support/temporary_world.h"

#include <QFile>
#include <QFileInfo>
#include <QTest>

using namespace twinhull;
using namespace twinhull::test;

class LoginServiceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isWrittenLinkedAndRemoved()
    {
        const TemporaryWorld world;
        auto service = LoginService::of(world.folders());
        service.program = "/opt/twinhull/bin/twinhullctl";
        QVERIFY(!service.isEnabled());
        QVERIFY(service.enable());
        QVERIFY(service.isEnabled());
        QVERIFY(service.isCurrent());
        const QString link = QString::fromStdString(service.linkPath());
        QVERIFY(QFileInfo(link).isSymLink());
        QCOMPARE(QFileInfo(link).canonicalFilePath(),
            QFileInfo(QString::fromStdString(service.unitPath())).canonicalFilePath());
        QVERIFY(service.enable()); // once more
        QVERIFY(service.disable());
        QVERIFY(!service.isEnabled());
        QVERIFY(!exists(service.unitPath()));
        QVERIFY(!QFileInfo(link).isSymLink());
        QVERIFY(service.disable());
    }

    void standsBesideTheConfiguration()
    {
        const TemporaryWorld world;
        const auto service = LoginService::of(world.folders());
        QCOMPARE(service.unitFolder + "/x",
            world.folders().config.substr(0, world.folders().config.rfind('/')) + "/systemd/user/x");
    }

    void knowsAUnitOfAnotherPlace()
    {
        const TemporaryWorld world;
        auto service = LoginService::of(world.folders());
        service.program = "/before/twinhullctl";
        QVERIFY(service.enable());
        service.program = "/after/twinhullctl";
        QVERIFY(service.isEnabled());
        QVERIFY(!service.isCurrent());
        QVERIFY(service.enable());
        QVERIFY(service.isCurrent());
    }

    void quotesWhatSystemdWouldRead()
    {
        LoginService service;
        service.program = "/home/a b/100%/\"x\"\\/twinhullctl";
        service.environment = { "XDG_DATA_HOME=/home/a b\nExecStart=/bin/false" };
        const std::string text = service.unitText();
        QVERIFY(
            text.find("ExecStart=\"/home/a b/100%%/\\\"x\\\"\\\\/twinhullctl\" autostart run\n") != std::string::npos);
        QVERIFY(text.find("Environment=\"XDG_DATA_HOME=/home/a b\\nExecStart=/bin/false\"\n") != std::string::npos);
        QCOMPARE(text.find("\nExecStart=/bin/false"), std::string::npos);
    }

    void asksForTheProgram()
    {
        const TemporaryWorld world;
        auto service = LoginService::of(world.folders());
        service.program.clear();
        const auto done = service.enable();
        QVERIFY(!done && done.error().code == ErrorCode::Unavailable);
        QVERIFY(!exists(service.unitPath()));
    }

    void failsWhereItMayNotWrite()
    {
        const TemporaryWorld world;
        auto service = LoginService::of(world.folders());
        service.program = "/opt/twinhullctl";
        service.unitFolder = "/proc/self/systemd/user"; // nobody may make a folder there
        QVERIFY(!service.enable());
        QVERIFY(service.disable());
    }
};

QTEST_GUILESS_MAIN(LoginServiceTest)
#include "login_service_test.moc"
