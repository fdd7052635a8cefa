// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/domain/image_machine.h"

#include <QTest>

#include <cmath>

using namespace twinhull;

class ImageMachineTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isWhatWasAskedForByName()
    {
        for (const DomainEngine engine : { DomainEngine::Kvm, DomainEngine::Tcg }) {
            ImageMachineFacts facts{ MachineChoice::Microvm, engine, true, QStringLiteral("failed once") };
            QVERIFY(decideMachine(facts).machine == ImageMachine::Microvm);
            facts.choice = MachineChoice::Q35;
            QVERIFY(decideMachine(facts).machine == ImageMachine::Q35);
            QVERIFY(!decideMachine(facts).note); // its label says why
        }
    }

    void isAMicrovmByItselfWhereAllGoes_data()
    {
        QTest::addColumn<bool>("hasKvm");
        QTest::addColumn<bool>("isKnown");
        QTest::addColumn<bool>("hasFailed");
        QTest::addColumn<int>("reason"); // -1: it is one
        const auto row = [](const char* name, bool hasKvm, bool isKnown, bool hasFailed, int reason) {
            QTest::newRow(name) << hasKvm << isKnown << hasFailed << reason;
        };
        row("all goes", true, true, false, -1);
        row("emulated", false, true, false, int(Q35Reason::NoKvm));
        row("emulated, and nothing else goes", false, false, true, int(Q35Reason::NoKvm));
        row("an old QEMU", true, false, false, int(Q35Reason::NotKnown));
        row("a failure before", true, true, true, int(Q35Reason::Failed));
    }

    void isAMicrovmByItselfWhereAllGoes()
    {
        QFETCH(bool, hasKvm);
        QFETCH(bool, isKnown);
        QFETCH(bool, hasFailed);
        QFETCH(int, reason);
        ImageMachineFacts facts{ MachineChoice::Automatic, hasKvm ? DomainEngine::Kvm : DomainEngine::Tcg, isKnown,
            {} };
        if (hasFailed)
            facts.failure = QStringLiteral("it said no");
        const auto decision = decideMachine(facts);
        QCOMPARE(decision.machine == ImageMachine::Microvm, reason < 0);
        QCOMPARE(decision.note ? int(decision.note->reason) : -1, reason);
        if (reason == int(Q35Reason::Failed))
            QCOMPARE(decision.note->detail, QStringLiteral("it said no"));
    }

    void saysWhyItIsThatOne()
    {
        const QString label = QLatin1String(kMachineLabel);
        const QString q35 = QStringLiteral("pc-q35-7.2");
        const QString microvm = QStringLiteral("microvm");
        QStringList sentences{ imageMachineReason(q35), imageMachineReason(microvm),
            imageMachineReason(q35, { { label, QStringLiteral("q35") } }),
            imageMachineReason(microvm, { { label, microvm } }) };
        for (const Q35Reason reason : { Q35Reason::NoKvm, Q35Reason::NotKnown, Q35Reason::Failed })
            sentences << imageMachineReason(q35, {}, MachineNote{ reason, QStringLiteral("DETAIL"), {} });
        sentences << imageMachineReason(
            q35, {}, MachineNote{ Q35Reason::Failed, QStringLiteral("DETAIL"), QDateTime::currentDateTime() });
        for (const QString& sentence : sentences)
            QVERIFY2(sentence.startsWith(u"q35") || sentence.startsWith(u"microvm, "), qPrintable(sentence));
        QCOMPARE(sentences.filter(QStringLiteral("DETAIL")).size(), 2);
        QCOMPARE(sentences.removeDuplicates(), 0);
    }

    /// What came in between a reading and its clock would be an error of the guest's clock for good.
    void measuresTheSameRateTwice()
    {
        const auto wait = [](std::chrono::milliseconds time) {
            QTest::qSleep(static_cast<int>(time.count()));
            return true;
        };
        const auto first = measureTscKilohertz(wait);
        const auto second = measureTscKilohertz(wait);
        QVERIFY(first && second);
        const auto apart = static_cast<double>(*second) / static_cast<double>(*first) - 1;
        QVERIFY2(std::abs(apart) < 0.001, qPrintable(QString::number(apart)));
        QVERIFY(*first > 100'000 && *first < 20'000'000); // 0.1 to 20 GHz
    }

    void measuresNothingWhenItIsBrokenOff()
    {
        QVERIFY(!measureTscKilohertz([](auto) { return false; }));
    }
};

QTEST_GUILESS_MAIN(ImageMachineTest)
#include "image_machine_test.moc"
