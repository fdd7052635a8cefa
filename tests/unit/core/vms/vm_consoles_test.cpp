// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/screens/vm_consoles.h"

#include <QTest>

using namespace twinhull;

class VmConsolesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findsPortsAndConsolesOnce()
    {
        const auto found = consolesIn("<domain><devices>"
                                      "<serial type='pty'><alias name='ua-mine'/></serial>"
                                      "<serial type='file'><source path='/log'/></serial>"
                                      "<console type='pty'><target type='serial' port='0'/></console>"
                                      "<console type='pty'><target type='virtio' port='1'/></console>"
                                      "<serial type='tcp'/>"
                                      "<parallel type='pty'/></devices></domain>");
        QVERIFY(found);
        QStringList aliases;
        QStringList openable;
        for (const auto& each : *found) {
            aliases << each.alias;
            if (each.refusal.isEmpty())
                openable << each.title;
        }
        QCOMPARE(aliases.join(u' '), QStringLiteral("ua-mine serial1 serial2 console1"));
        QCOMPARE(openable, (QStringList{ QStringLiteral("Serial port 1"), QStringLiteral("Virtio console 2") }));
        QVERIFY(found->at(1).refusal.contains(QStringLiteral("Logs")));
        QVERIFY(found->at(2).refusal.contains(QStringLiteral("tcp")));
    }

    void boundsWhatItReads()
    {
        QVERIFY(!consolesIn("<network/>"));
        const auto many = consolesIn(
            "<domain><devices>" + QByteArray("<serial type='pty'/>").repeated(1000) + "</devices></domain>");
        QVERIFY(many);
        QCOMPARE(many->size(), std::size_t(64));
        QVERIFY(consolesIn("<domain/>")->empty());
    }
};

QTEST_GUILESS_MAIN(VmConsolesTest)
#include "vm_consoles_test.moc"
