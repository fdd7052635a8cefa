// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/domain/domain_history.h"
#include "tests/support/temporary_world.h"

#include <QFileInfo>
#include <QTest>

using namespace twinhull;

class DomainHistoryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void goesBackOneByOne()
    {
        const test::TemporaryWorld world;
        const DomainHistory history(world.folders(), uuid(), QStringLiteral("test:///default"));
        QCOMPARE(history.count(), 0);
        QCOMPARE(history.latest().error().code, ErrorCode::NotFound);
        QVERIFY(history.keep("one") && history.keep("two") && history.keep("two"));
        QCOMPARE(history.count(), 2);
        QCOMPARE(*history.latest(), QByteArray("two"));
        QVERIFY(history.dropLatest());
        QCOMPARE(*history.latest(), QByteArray("one"));
    }

    void keepsTheLatestForItsPersonAlone()
    {
        const test::TemporaryWorld world;
        const DomainHistory history(world.folders(), uuid(), QStringLiteral("test:///default"));
        for (int i = 0; i < 30; ++i)
            QVERIFY(history.keep(QByteArray::number(i)));
        QCOMPARE(history.count(), 20);
        QCOMPARE(*history.latest(), QByteArray("29"));
        const QString folder
            = QString::fromStdString(world.folders().vms()) + u'/' + uuid() + QStringLiteral("/definitions");
        QCOMPARE(
            QFileInfo(folder + QStringLiteral("/00000030.xml")).permissions() & (QFile::ReadGroup | QFile::ReadOther),
            QFile::Permissions());
    }

private:
    static QString uuid() { return QStringLiteral("11111111-2222-3333-4444-555555555555"); }
};

QTEST_GUILESS_MAIN(DomainHistoryTest)
#include "domain_history_test.moc"
