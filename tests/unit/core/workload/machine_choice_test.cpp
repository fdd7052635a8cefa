// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/machine_choice.h"

#include <QTest>

using namespace twinhull;

class MachineChoiceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isWhatThePersonsLabelSays()
    {
        QVERIFY(*machineChoiceOf({}) == MachineChoice::Automatic);
        QVERIFY(*machineChoiceOf(saying("auto")) == MachineChoice::Automatic);
        QVERIFY(*machineChoiceOf(saying("q35")) == MachineChoice::Q35);
        QVERIFY(*machineChoiceOf(saying("microvm")) == MachineChoice::Microvm);
        for (const char* wrong : { "", "pc", "Microvm", "microvm " }) {
            const auto refused = machineChoiceOf(saying(wrong));
            QVERIFY2(!refused && refused.error().code == ErrorCode::InvalidArgument, wrong);
            QVERIFY(!refused.error().hint.empty());
        }
    }

    void isKeptAsThatLabelAndNothingElse()
    {
        const Labels other{ { QStringLiteral("owner"), QStringLiteral("R & D") } };
        Labels labels = other;
        for (const MachineChoice choice : { MachineChoice::Microvm, MachineChoice::Q35 }) {
            setMachineChoice(labels, choice);
            QCOMPARE(labels.value(QLatin1String(kMachineLabel)), machineWord(choice));
            QVERIFY(*machineChoiceOf(labels) == choice);
        }
        setMachineChoice(labels, MachineChoice::Automatic);
        QCOMPARE(labels, other);
    }

private:
    static Labels saying(const char* text) { return { { QLatin1String(kMachineLabel), QLatin1String(text) } }; }
};

QTEST_GUILESS_MAIN(MachineChoiceTest)
#include "machine_choice_test.moc"
