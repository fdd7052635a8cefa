// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/comparison_dialog.h"

#include "core/twin/cpu_pinning.h"
#include "ui/theme/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>

using namespace twinhull;

class ComparisonDialogTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        ImageInfo image;
        image.references = { QStringLiteral("twinhull/starter:latest") };
        m_dialog = std::make_unique<ComparisonDialog>(std::vector{ image }, known());
        m_dialog->show();
        connect(m_dialog.get(), &ComparisonDialog::chosen, this, [this](const auto& plan) { m_plan = plan; });
        m_plan.reset();
    }

    void asksForTheImagesOwnWorkFirst()
    {
        QVERIFY(!detail()->isVisible());
        QVERIFY(run()->isEnabled());
        QTest::mouseClick(run(), Qt::LeftButton);
        QVERIFY(m_plan);
        QCOMPARE(m_plan->twin.imageReference, QStringLiteral("twinhull/starter:latest"));
        QVERIFY(m_plan->work.isEmpty());
        QCOMPARE(m_plan->rounds, kFewestRounds);
        QCOMPARE(m_plan->warmUpRounds, 1);
        QVERIFY(!m_plan->bothAs);
    }

    void takesACommand()
    {
        choose("A command inside");
        QVERIFY(detail()->isVisible());
        QVERIFY(!run()->isEnabled());
        QVERIFY(description().contains(QStringLiteral("status 0")));
        QTest::keyClicks(detail(), QStringLiteral("sh -c 'sleep 1"));
        QVERIFY(!run()->isEnabled());
        QVERIFY2(description().contains(QStringLiteral("a quote has no end")), qPrintable(description()));
        QTest::keyClicks(detail(), QStringLiteral("'"));
        QVERIFY(run()->isEnabled());
        child<QSpinBox>("comparisonWarmUps")->setValue(0);
        QVERIFY2(description().contains(QStringLiteral("without a warm-up")), qPrintable(description()));
        QTest::keyClick(detail(), Qt::Key_Return);
        QVERIFY(m_plan);
        QCOMPARE(m_plan->work, QStringLiteral("command:sh -c 'sleep 1'"));
        QCOMPARE(m_plan->warmUpRounds, 0);
    }

    /// On a screen of 720 lines, below the title that a window manager gives it.
    void fitsOnASmallScreenWithAllFields()
    {
        Theme::current().apply(ThemeMode::Light);
        init();
        choose("A command inside");
        QTest::keyClicks(detail(), QStringLiteral("sh -c 'echo out of order >&2; exit 7'"));
        m_dialog->adjustSize();
        QVERIFY2(m_dialog->height() <= 680, qPrintable(QString::number(m_dialog->height())));
    }

    void takesTheFigureOfACommand()
    {
        choose("A command inside");
        QTest::keyClicks(detail(), QStringLiteral("sysbench cpu run"));
        detail()->setFocus();
        QTest::keyClick(detail(), Qt::Key_Tab);
        auto* pattern = child<QLineEdit>("comparisonPattern");
        QVERIFY(pattern->isVisible());
        QCOMPARE(m_dialog->focusWidget(), pattern);
        QTest::keyClicks(pattern, QStringLiteral("events: ([0-9]+"));
        QVERIFY(!run()->isEnabled());
        QVERIFY2(description().contains(QStringLiteral("no regular expression")), qPrintable(description()));
        QTest::keyClicks(pattern, QStringLiteral(")"));
        QVERIFY(run()->isEnabled());
        QTest::keyClick(pattern, Qt::Key_Tab);
        QTest::keyClicks(child<QLineEdit>("comparisonUnit"), QStringLiteral("events/s"));
        QTest::keyClick(child<QLineEdit>("comparisonUnit"), Qt::Key_Tab);
        QTest::keyClick(child<QComboBox>("comparisonBetter"), Qt::Key_Down);
        QTest::mouseClick(run(), Qt::LeftButton);
        QCOMPARE(m_plan->figure,
            (WorkScale{ QStringLiteral("events/s"), Better::Lower, QStringLiteral("events: ([0-9]+)") }));
    }

    void offersTheTools()
    {
        choose("Tool: tiny-bench");
        QVERIFY(!detail()->isVisible() && !child<QLineEdit>("comparisonPattern")->isVisible());
        QVERIFY2(description().contains(QStringLiteral("The work: turns of a loop. The image must have tinybench.")),
            qPrintable(description()));
        QTest::mouseClick(run(), Qt::LeftButton);
        QVERIFY(m_plan->definition);
        QCOMPARE(m_plan->definition->name, QStringLiteral("tiny-bench"));
        QVERIFY(!m_plan->figure);
    }

    void namesTheDefinitionsThatCannotBeUsed()
    {
        QVERIFY2(description().contains(QStringLiteral("Not offered: bad.json: \"comand\" is not known")),
            qPrintable(description()));
        QVERIFY(run()->isEnabled());
    }

    void takesColdCaches()
    {
        QTest::mouseClick(run(), Qt::LeftButton);
        QCOMPARE(m_plan->caches, FileCaches::Kept);
        init();
        child<QComboBox>("comparisonCaches")->setCurrentIndex(1);
        const QString command = child<QLabel>("equivalentCommand")->text();
        QVERIFY2(command.contains(QStringLiteral(" --caches cold ")), qPrintable(command));
        QTest::mouseClick(run(), Qt::LeftButton);
        QCOMPARE(m_plan->caches, FileCaches::Cold);
    }

    void takesARequest()
    {
        choose("An HTTP request");
        QTest::keyClicks(detail(), QStringLiteral("8080"));
        QVERIFY(!run()->isEnabled());
        QTest::keyClicks(detail(), QStringLiteral("/work"));
        QVERIFY(run()->isEnabled());
        QTest::mouseClick(run(), Qt::LeftButton);
        QCOMPARE(m_plan->work, QStringLiteral("http:8080/work"));
    }

    void growsSoThatNothingIsCut()
    {
        choose("Rest");
        m_dialog->resize(m_dialog->width(), m_dialog->minimumSizeHint().height());
        choose("A command inside");
        QTest::keyClicks(detail(), QStringLiteral("true"));
        QCoreApplication::sendPostedEvents();
        QVERIFY(m_dialog->height() >= m_dialog->layout()->totalHeightForWidth(m_dialog->width()));
        for (const char* name : { "comparisonPattern", "comparisonUnit" }) {
            const auto* edit = child<QLineEdit>(name);
            QCOMPARE(edit->visibleRegion().boundingRect().height(), edit->height());
            QVERIFY(edit->height() >= edit->minimumSizeHint().height());
        }
    }

    void tabsGoDownTheForm()
    {
        choose("A command inside");
        child<QCheckBox>("comparisonPinned")->setChecked(true);
        child<QComboBox>("comparisonImage")->setFocus();
        for (const char* next : { "comparisonSides", "comparisonWork", "comparisonWorkDetail", "comparisonPattern",
                 "comparisonUnit", "comparisonBetter", "comparisonWarmUps", "comparisonRepeats", "comparisonCaches",
                 "comparisonPinned", "comparisonCpus", "comparisonMemory", "comparisonCpuCount", "comparisonPort",
                 "comparisonCommand", "comparisonEnvironment" }) {
            QTest::keyClick(m_dialog->focusWidget(), Qt::Key_Tab);
            QCOMPARE(m_dialog->focusWidget()->objectName(), QLatin1String(next));
        }
    }

    void takesAllThatTheCommandLineTakes()
    {
        child<QSpinBox>("comparisonRepeats")->setValue(1000);
        child<QLineEdit>("comparisonMemory")->setText(QStringLiteral("256M"));
        child<QLineEdit>("comparisonCpuCount")->setText(QStringLiteral("0.5"));
        child<QLineEdit>("comparisonPort")->setText(QStringLiteral("8080"));
        child<QLineEdit>("comparisonCommand")->setText(QStringLiteral("-x 'two words'"));
        child<QLineEdit>("comparisonEnvironment")->setText(QStringLiteral("A=1 B='c d'"));
        QCOMPARE(commandLine()->text(),
            QStringLiteral("twinhullctl compare --repeat 1000 --warm-up 1 --port 8080 -e A=1 -e 'B=c d' --memory 256M "
                           "--cpus 0.5 twinhull/starter:latest -- -x 'two words'"));
        QTest::mouseClick(run(), Qt::LeftButton);
        QVERIFY(m_plan);
        QCOMPARE(m_plan->rounds, 1000);
        QCOMPARE(m_plan->twin.limits.memoryBytes, std::optional<std::uint64_t>(256U << 20U));
        QCOMPARE(m_plan->twin.limits.cpus, std::optional(0.5));
        QCOMPARE(m_plan->twin.workloadPort, std::uint16_t{ 8080 });
        QCOMPARE(m_plan->twin.command, (QStringList{ QStringLiteral("-x"), QStringLiteral("two words") }));
        QCOMPARE(m_plan->twin.environment, (QStringList{ QStringLiteral("A=1"), QStringLiteral("B=c d") }));
    }

    void tellsTheWorkOnTheCommandLine()
    {
        choose("A command inside");
        QVERIFY(!commandLine()->isVisible()); // there is none yet
        QTest::keyClicks(detail(), QStringLiteral("sysbench cpu run"));
        QTest::keyClicks(child<QLineEdit>("comparisonPattern"), QStringLiteral("events: ([0-9]+)"));
        QVERIFY(commandLine()->isVisible());
        QVERIFY2(commandLine()->text().contains(
                     QStringLiteral("--command 'sysbench cpu run' --figure 'events: ([0-9]+)' --better higher ")),
            qPrintable(commandLine()->text()));
        choose("Tool: tiny-bench");
        child<QComboBox>("comparisonSides")->setCurrentIndex(1);
        QVERIFY2(commandLine()->text().contains(QStringLiteral("--a-a container --workload tiny-bench twinhull/")),
            qPrintable(commandLine()->text()));
    }

    void saysWhichFieldMakesNoSense()
    {
        const std::pair<const char*, const char*> wrong[]
            = { { "comparisonMemory", "much" }, { "comparisonCpuCount", "nan" }, { "comparisonPort", "70000" },
                  { "comparisonCommand", "'open" }, { "comparisonEnvironment", "=x" } };
        for (const auto& [name, text] : wrong) {
            auto* field = child<QLineEdit>(name);
            field->setText(QLatin1String(text));
            QVERIFY2(!run()->isEnabled() && !commandLine()->isVisible(), name);
            field->clear();
            QVERIFY2(run()->isEnabled(), name);
        }
    }

    void takesARateOfRequests()
    {
        choose("HTTP requests a second");
        QVERIFY2(description().contains(QStringLiteral("as often as it can")), qPrintable(description()));
        QTest::keyClicks(detail(), QStringLiteral("8080/"));
        QTest::mouseClick(run(), Qt::LeftButton);
        QCOMPARE(m_plan->work, QStringLiteral("http-rate:8080/"));
    }

    void comparesAKindWithItself()
    {
        auto* sides = child<QComboBox>("comparisonSides");
        QTest::keyClick(sides, Qt::Key_End);
        QVERIFY2(description().contains(QStringLiteral("as a VM and as another")), qPrintable(description()));
        QTest::mouseClick(run(), Qt::LeftButton);
        QVERIFY(m_plan->bothAs == WorkloadKind::Vm);
    }

    void pinsBothSides()
    {
        auto* cpus = child<QLineEdit>("comparisonCpus");
        QVERIFY(!cpus->isEnabled());
        QTest::keyClick(child<QCheckBox>("comparisonPinned"), Qt::Key_Space);
        QVERIFY(cpus->isEnabled() && run()->isEnabled());
        const QString suggested = cpus->text();
        cpus->setText(QStringLiteral("8191"));
        QVERIFY(!run()->isEnabled());
        QVERIFY2(description().contains(QStringLiteral("can be used here")), qPrintable(description()));
        cpus->setText(suggested);
        QTest::mouseClick(run(), Qt::LeftButton);
        QVERIFY(m_plan->twin.pinnedCpus == suggestedCpus());
    }

    void offersTheLoads()
    {
        choose("Load: fork");
        QVERIFY(!detail()->isVisible());
        QVERIFY2(
            description().contains(QStringLiteral("The work: children that are forked")), qPrintable(description()));
        QTest::mouseClick(run(), Qt::LeftButton);
        QCOMPARE(m_plan->work, QStringLiteral("fork"));
    }

    void forgetsTheDetailOfAnotherWork()
    {
        choose("A command inside");
        QTest::keyClicks(detail(), QStringLiteral("true"));
        choose("Rest");
        QVERIFY(!detail()->isVisible());
        QTest::mouseClick(run(), Qt::LeftButton);
        QCOMPARE(m_plan->work, QStringLiteral("idle"));
    }

    void saysThatFewRunsNameNobody()
    {
        child<QSpinBox>("comparisonRepeats")->setValue(kFewestRounds - 1);
        QVERIFY(description().contains(QStringLiteral("too few")));
        QVERIFY(run()->isEnabled());
    }

    void runsNothingWithoutAnImage()
    {
        const ComparisonDialog empty({}, {});
        QVERIFY(!button(empty)->isEnabled());
        QVERIFY(empty.findChild<QLabel*>(QStringLiteral("comparisonDescription"))->text().contains(u"no image yet"));
    }

private:
    static WorkDefinitions known()
    {
        return { { tool() }, { Error{ ErrorCode::Corrupt, "bad.json: \"comand\" is not known", 0, {} } } };
    }

    static WorkDefinition tool()
    {
        WorkDefinition definition;
        definition.name = QStringLiteral("tiny-bench");
        definition.title = QStringLiteral("turns of a loop");
        definition.command = { QStringLiteral("tinybench") };
        definition.needs = QStringLiteral("tinybench");
        return definition;
    }

    template <typename Widget>
    Widget* child(const char* name) const
    {
        return m_dialog->findChild<Widget*>(QLatin1String(name));
    }
    static QPushButton* button(const QDialog& dialog)
    {
        for (auto* each : dialog.findChildren<QPushButton*>()) {
            if (each->text() == u"Run comparison")
                return each;
        }
        return nullptr;
    }
    QPushButton* run() const { return button(*m_dialog); }
    QLineEdit* detail() const { return child<QLineEdit>("comparisonWorkDetail"); }
    QLabel* commandLine() const { return child<QLabel>("equivalentCommand"); }
    QString description() const { return child<QLabel>("comparisonDescription")->text(); }
    void choose(const char* text) const
    {
        auto* box = child<QComboBox>("comparisonWork");
        box->setCurrentIndex(box->findText(QLatin1String(text)));
    }

    std::unique_ptr<ComparisonDialog> m_dialog;
    std::optional<ComparisonPlan> m_plan;
};

QTEST_MAIN(ComparisonDialogTest)
#include "comparison_dialog_test.moc"
