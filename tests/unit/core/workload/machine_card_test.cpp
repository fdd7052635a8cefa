// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/machine_card.h"

#include <QTest>

using namespace twinhull;

class MachineCardTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsWhatPeopleWrite_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("model");
        const auto row = [](const char* text, MachineCard::Kind kind, const char* name, const char* model) {
            QTest::newRow(text) << QString::fromLatin1(text) << static_cast<int>(kind) << QString::fromLatin1(name)
                                << QString::fromLatin1(model);
        };
        row("user", MachineCard::Kind::User, "", "");
        row("user,model=e1000e", MachineCard::Kind::User, "", "e1000e");
        row("network=back", MachineCard::Kind::Network, "back", "");
        row("network=a=b c,model=virtio", MachineCard::Kind::Network, "a=b c", "virtio");
        row("bridge=br0,model=rtl8139", MachineCard::Kind::Bridge, "br0", "rtl8139");
    }

    void readsWhatPeopleWrite()
    {
        QFETCH(QString, text);
        const auto card = cardFromText(text);
        QVERIFY(card);
        QTEST(static_cast<int>(card->kind), "kind");
        QTEST(card->name, "name");
        QTEST(card->model, "model");
        QCOMPARE(cardText(*card), text);
    }

    void usualIsQemusOwn() { QVERIFY(*cardFromText(QStringLiteral("default")) == MachineCard()); }

    void refusesWhatMakesNoSense_data()
    {
        QTest::addColumn<QString>("text");
        for (const char* text : { "", "none", "network", "network=", "bridge=,model=virtio", "user=x", "back",
                 "user,model=", "user,model=a b", "user,model=<x/>", "user,mtu=1500", "model=virtio" })
            QTest::newRow(text) << QString::fromLatin1(text);
    }

    void refusesWhatMakesNoSense()
    {
        QFETCH(QString, text);
        const auto card = cardFromText(text);
        QVERIFY(!card && card.error().code == ErrorCode::InvalidArgument && !card.error().hint.empty());
    }
};

QTEST_GUILESS_MAIN(MachineCardTest)
#include "machine_card_test.moc"
