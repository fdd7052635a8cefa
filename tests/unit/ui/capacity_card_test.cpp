// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/capacity_card.h"

#include "tests/support/temporary_world.h"
#include "ui/twin/capacity_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTest>

using namespace twinhull;

namespace {

constexpr double kMebibyte = 1048576;

Capacity measured(WorkloadKind kind)
{
    Capacity capacity;
    capacity.kind = kind;
    capacity.pressureLimit = kPressureLimit;
    capacity.before.availableBytes = std::uint64_t(1000 * kMebibyte);
    for (int i = 0; i < 3; ++i)
        capacity.after.push_back({ Figure::of((20 + 10 * i) * kMebibyte), std::uint64_t(900 * kMebibyte), 0.0 });
    return capacity;
}

ImageInfo image(const QString& name)
{
    ImageInfo info;
    info.digest = QStringLiteral("sha256:") + name;
    info.references = { name };
    return info;
}

} // namespace

class CapacityCardTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void showsWhatWasMeasured()
    {
        const std::vector both{ measured(WorkloadKind::Container), measured(WorkloadKind::Vm) };
        const FigureTable table = capacityFigures(both);
        QCOMPARE(table.columns, (QStringList{ QStringLiteral("Container"), QStringLiteral("VM") }));
        QCOMPARE(table.rows[0].cells[0].text, QStringLiteral("20 MiB"));
        QCOMPARE(table.rows[1].cells[1].text, QStringLiteral("10 MiB"));
        QCOMPARE(table.rows[2].cells[0].text, QStringLiteral("\u2248 99"));
        QVERIFY(table.rows[2].cells[1].reason.contains(QStringLiteral("Assumed")));
        QVERIFY(!table.rows[2].explanation.contains(QStringLiteral("MiB"))); // figures are of one kind alone
        QCOMPARE(table.rows.size(), std::size_t{ 3 });
        QVERIFY(capacityFigures({}).rows.empty());
    }

    void showsWhetherItIsTrue()
    {
        std::vector both{ measured(WorkloadKind::Container), measured(WorkloadKind::Vm) };
        both[0].isCheckAsked = true; // 99 are foretold, and three are all that may be started
        both[0].checkLimit = 3;
        both[1].isCheckAsked = true;
        both[1].reserveBytes = std::uint64_t(955 * kMebibyte); // room for three
        const FigureTable table = capacityFigures(both);
        QCOMPARE(table.rows.size(), std::size_t{ 4 });
        QCOMPARE(table.rows[3].cells[0].text, QStringLiteral("holds up to 3"));
        QCOMPARE(table.rows[3].cells[1].text, QStringLiteral("holds"));
        both[1].after.back().memoryPressure = kPressureLimit + 1;
        QCOMPARE(capacityFigures(both).rows[3].cells[1].text, QStringLiteral("refuted"));
        both[1].after.back().memoryPressure.reset();
        both[1].isStoppedByPressure = true;
        QVERIFY(capacityFigures(both).rows[3].cells[1].text.isEmpty());
    }

    /// Without pointing at anything: one claim, one verdict, one assumption a kind.
    void saysClaimAssumptionAndVerdictInWords()
    {
        test::TemporaryWorld world;
        QVERIFY(world.isValid());
        WorkloadRegistry workloads;
        ImageStore images(world.folders());
        JobQueue jobs;
        CapacityCard card(workloads, images, jobs);
        const auto said = [&card](const char* name) {
            QStringList texts;
            for (const auto* label : card.findChildren<QLabel*>(QLatin1String(name)))
                texts << label->text();
            return texts;
        };
        QVERIFY(said("capacityClaim").isEmpty());
        card.showMeasured(measured(WorkloadKind::Container));
        Capacity refuted = measured(WorkloadKind::Vm);
        refuted.isCheckAsked = true;
        refuted.check.push_back({ Figure::of(50 * kMebibyte), std::uint64_t(890 * kMebibyte), kPressureLimit + 1 });
        card.showMeasured(refuted);
        QCOMPARE(said("capacityClaim")[0],
            QStringLiteral("Container: About 99 (95 % interval 99 to 99) fit until memory pressure passes 10 %."));
        QCOMPARE(said("capacityVerdict").size(), 2);
        QCOMPARE(said("capacityVerdict")[0], QStringLiteral("Container: Not checked: it was not asked for."));
        QVERIFY2(said("capacityVerdict")[1].startsWith(QStringLiteral("VM: Refuted by starting them")),
            qPrintable(said("capacityVerdict")[1]));
        QVERIFY(said("capacityAssumption")[1].contains(QStringLiteral("Assumed: free is what")));
        const auto verdicts = card.findChildren<QLabel*>(QStringLiteral("capacityVerdict"));
        QVERIFY(!verdicts[0]->property("warning").toBool() && verdicts[1]->property("warning").toBool());
    }

    /// Whose figures stay, their words stay too, until something is measured in their place.
    void keepsWhatItShowsUntilTheNextIsMeasured()
    {
        test::TemporaryWorld world;
        QVERIFY(world.isValid());
        WorkloadRegistry workloads;
        ImageStore images(world.folders());
        JobQueue jobs;
        CapacityCard card(workloads, images, jobs);
        card.showMeasured(measured(WorkloadKind::Container));
        auto* measure = card.findChild<QPushButton*>(QStringLiteral("capacityMeasure"));
        measure->click();
        auto* dialog = card.findChild<CapacityDialog*>();
        QVERIFY(dialog != nullptr);
        Q_EMIT dialog->chosen({ CapacityPlan() }); // of no image: it fails
        dialog->close();
        QTRY_VERIFY(measure->isEnabled());
        const auto claims = [&card] { return card.findChildren<QLabel*>(QStringLiteral("capacityClaim")); };
        QCOMPARE(claims().size(), 1);
        QVERIFY(claims()[0]->text().startsWith(QStringLiteral("Container: ")));
        card.showMeasured(measured(WorkloadKind::Vm));
        QCOMPARE(claims().size(), 1);
        QVERIFY(claims()[0]->text().startsWith(QStringLiteral("VM: ")));
    }

    void saysWhyAFigureIsAbsent()
    {
        Capacity capacity = measured(WorkloadKind::Vm);
        capacity.after[1].costBytes = Figure::absent(QStringLiteral("needs its user"));
        const FigureTable table = capacityFigures(std::span(&capacity, 1));
        QVERIFY(table.rows[1].cells[0].text.isEmpty());
        QVERIFY(!table.rows[1].cells[0].reason.isEmpty());
        QVERIFY(table.rows[2].cells[0].text.isEmpty());
    }

    void asksBeforeItStartsAnything()
    {
        CapacityDialog dialog({ image(QStringLiteral("a")), image(QStringLiteral("b")) }, QStringLiteral("sha256:b"));
        std::vector<CapacityPlan> plans;
        connect(&dialog, &CapacityDialog::chosen, this, [&plans](const auto& chosen) { plans = chosen; });
        dialog.show();
        auto* run = dialog.findChildren<QPushButton*>().back();
        for (auto* button : dialog.findChildren<QPushButton*>()) {
            if (button->text() == QLatin1String("Start and measure"))
                run = button;
        }
        const auto* description = dialog.findChild<QLabel*>(QStringLiteral("capacityDescription"));
        QVERIFY(description->text().contains(QStringLiteral("Starts 4 of each")));
        dialog.findChild<QCheckBox*>(QStringLiteral("capacityContainers"))->setChecked(false);
        dialog.findChild<QCheckBox*>(QStringLiteral("capacityVms"))->setChecked(false);
        QVERIFY(!run->isEnabled());
        dialog.findChild<QCheckBox*>(QStringLiteral("capacityVms"))->setChecked(true);
        dialog.findChild<QSpinBox*>(QStringLiteral("capacityStarts"))->setValue(7);
        const auto* command = dialog.findChild<QLabel*>(QStringLiteral("equivalentCommand"));
        QCOMPARE(command->text(), QStringLiteral("twinhullctl capacity --start 7 --kind vm b"));
        const auto fill = [&dialog](const char* name, const char* text) {
            dialog.findChild<QLineEdit*>(QLatin1String(name))->setText(QLatin1String(text));
        };
        fill("capacityReserve", "lots");
        QVERIFY(!run->isEnabled() && description->text().contains(QStringLiteral("lots: not a size")));
        fill("capacityReserve", "1G");
        dialog.findChild<QDoubleSpinBox*>(QStringLiteral("capacityPressure"))->setValue(2.5);
        dialog.findChild<QCheckBox*>(QStringLiteral("capacityCheck"))->setChecked(true);
        dialog.findChild<QSpinBox*>(QStringLiteral("capacityCheckLimit"))->setValue(12);
        fill("capacityMemory", "64M");
        fill("capacityCpuCount", "2");
        fill("capacityCommand", "sleep 60");
        QVERIFY2(description->text().contains(QStringLiteral("2.5 %"))
                && description->text().contains(QStringLiteral("1G is left free")),
            qPrintable(description->text()));
        QCOMPARE(command->text(),
            QStringLiteral(
                "twinhullctl capacity --start 7 --kind vm --reserve 1073741824 --pressure 2.5 --check --check-limit 12 "
                "--memory 64M --cpus 2 b sleep 60"));
        QTest::mouseClick(run, Qt::LeftButton);
        QCOMPARE(plans.size(), std::size_t{ 1 });
        QCOMPARE(plans[0].kind, WorkloadKind::Vm);
        QCOMPARE(plans[0].starts, 7);
        QVERIFY(plans[0].isChecked);
        QCOMPARE(plans[0].checkLimit, 12);
        QCOMPARE(plans[0].reserveBytes, std::optional<std::uint64_t>(1U << 30U));
        QCOMPARE(plans[0].pressureLimit, 2.5);
        QCOMPARE(plans[0].twin.limits.memoryBytes, std::optional<std::uint64_t>(64U << 20U));
        QCOMPARE(plans[0].twin.limits.cpus, std::optional(2.0));
        QCOMPARE(plans[0].twin.command, (QStringList{ QStringLiteral("sleep"), QStringLiteral("60") }));
        QCOMPARE(plans[0].twin.imageReference, QStringLiteral("b")); // as a person calls it in the job's title
    }

    void saysThatThereIsNoImage()
    {
        CapacityDialog dialog({}, {});
        const auto* description = dialog.findChild<QLabel*>(QStringLiteral("capacityDescription"));
        QVERIFY(description->text().contains(QStringLiteral("no image")));
    }
};

QTEST_MAIN(CapacityCardTest)
#include "capacity_card_test.moc"
