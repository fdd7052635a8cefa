// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/domain/image_machine.h"

#include <QTest>

#include <cmath>

using namespace twinhull;

class ImageMachineTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isWhatThePersonsLabelSays()
    {
        const QString label = QLatin1String(kMachineLabel);
        QVERIFY(*imageMachineFrom({}) == ImageMachine::Q35);
        QVERIFY(*imageMachineFrom({ { label, QStringLiteral("q35") } }) == ImageMachine::Q35);
        QVERIFY(*imageMachineFrom({ { label, QStringLiteral("microvm") } }) == ImageMachine::Microvm);
        for (const char* wrong : { "", "pc", "Microvm", "microvm " }) {
            const auto refused = imageMachineFrom({ { label, QLatin1String(wrong) } });
            QVERIFY2(!refused && refused.error().code == ErrorCode::InvalidArgument, wrong);
            QVERIFY(!refused.error().hint.empty());
        }
    }

    void saysWhyItIsThatOne()
    {
        QVERIFY(imageMachineReason(QStringLiteral("pc-q35-7.2")).startsWith(QStringLiteral("q35 ")));
        QVERIFY(imageMachineReason(QStringLiteral("microvm")).startsWith(QStringLiteral("microvm")));
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
