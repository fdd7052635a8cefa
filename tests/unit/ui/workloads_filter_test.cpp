// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/workload_filter.h"

#include <QTest>

using namespace twinhull;

class WorkloadFilterTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void matches_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("isMatch");
        QTest::newRow("empty") << QString() << true;
        QTest::newRow("word of the name") << QStringLiteral("WEB") << true;
        QTest::newRow("word of the image") << QStringLiteral("nginx") << true;
        QTest::newRow("published port") << QStringLiteral("8080") << true;
        QTest::newRow("other word") << QStringLiteral("postgres") << false;
        QTest::newRow("kind") << QStringLiteral("kind:vm") << true;
        QTest::newRow("other kind") << QStringLiteral("kind:container") << false;
        QTest::newRow("one of two states") << QStringLiteral("state:paused state:running") << true;
        QTest::newRow("other state") << QStringLiteral("state:stopped") << false;
        QTest::newRow("all sorts hold") << QStringLiteral("kind:vm state:running twin:shop web") << true;
        QTest::newRow("one sort fails") << QStringLiteral("kind:vm state:running twin:blog web") << false;
        QTest::newRow("connection") << QStringLiteral("connection:home connection:lab") << true;
        QTest::newRow("other connection") << QStringLiteral("connection:home") << false;
        QTest::newRow("word of the group") << QStringLiteral("rack") << true;
        QTest::newRow("group") << QStringLiteral("group:nobody group:lab") << true;
        QTest::newRow("other group") << QStringLiteral("group:office") << false;
        QTest::newRow("half typed token") << QStringLiteral("state:ru") << true;
        QTest::newRow("unknown key is a word") << QStringLiteral("colour:red") << false;
    }

    void matches()
    {
        QFETCH(QString, text);
        WorkloadInfo info;
        info.id = { WorkloadKind::Vm, QStringLiteral("1@lab") };
        info.name = QStringLiteral("web-front");
        info.image = QStringLiteral("nginx:1.25");
        info.state = WorkloadState::Running;
        info.twinGroup = QStringLiteral("shop");
        info.group = QStringLiteral("Lab rack");
        info.ports = { { QStringLiteral("127.0.0.1"), 8080, 80 } };
        QTEST(WorkloadFilter::parse(text).matches(info), "isMatch");
    }
};

QTEST_GUILESS_MAIN(WorkloadFilterTest)
#include "workloads_filter_test.moc"
