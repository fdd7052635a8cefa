// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/more_options.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>
#include <QToolButton>

using namespace twinhull;

namespace {

/// Controllers of a computer without cpuset and io.
FormWorld worldOfLimits()
{
    FormWorld world;
    world.controllers = QStringList{ QStringLiteral("cpu"), QStringLiteral("memory") };
    return world;
}

} // namespace

class CreateMoreOptionsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_options = std::make_unique<MoreOptions>(worldOfLimits());
        m_options->show();
    }

    void saysNothingWhereNothingIsTyped()
    {
        CreateForm form;
        form.image = QStringLiteral("x");
        form.name = QStringLiteral("x");
        const WorkloadPlan before = workloadPlanOf(form);
        form.more = m_options->form();
        const WorkloadPlan after = workloadPlanOf(form);
        QVERIFY(before.process == after.process && before.naming == after.naming && before.files == after.files);
        QVERIFY(before.security == after.security && before.fineLimits == after.fineLimits);
        QVERIFY(after.labels.isEmpty() && after.upkeep == before.upkeep);
    }

    void opensOneSectionAtATime()
    {
        QVERIFY(!isOpen("moreProcess"));
        button("moreProcess").click();
        QVERIFY(isOpen("moreProcess"));
        button("moreSecurity").click();
        QVERIFY(!isOpen("moreProcess") && isOpen("moreSecurity"));
        QVERIFY(!button("moreProcess").isChecked());
        button("moreSecurity").click();
        QVERIFY(!isOpen("moreSecurity"));
    }

    void countsWhatIsNotAsUsual()
    {
        QSignalSpy changed(m_options.get(), &MoreOptions::changed);
        line("user").setText(QStringLiteral("web"));
        m_options->findChild<QCheckBox*>(QStringLiteral("init"))->setChecked(true);
        m_options->findChild<QSpinBox*>(QStringLiteral("stopSeconds"))->setValue(0);
        QCOMPARE(changed.size(), 3);
        QCOMPARE(button("moreProcess").text(), QStringLiteral("Process (3)"));
        QCOMPARE(button("moreNetwork").text(), QStringLiteral("Network"));
        const ProcessText typed = m_options->form().process;
        QCOMPARE(typed.user, QStringLiteral("web"));
        QVERIFY(typed.hasInit && typed.stopSeconds == 0U);
    }

    void keepsThePersonsUserWithItsNumbers()
    {
        auto& keep = *m_options->findChild<QCheckBox*>(QStringLiteral("keepId"));
        QVERIFY(keep.isEnabled());
        keep.setChecked(true);
        CreateForm form;
        form.more = m_options->form();
        QVERIFY(workloadPlanOf(form).process.keepId == std::optional(KeepId()));
        QCOMPARE(button("moreProcess").text(), QStringLiteral("Process (1)"));
        form.more.process.keepId = KeepId{ 7U, {} };
        m_options->setForm(form.more);
        QVERIFY(m_options->form().process.keepId == form.more.process.keepId);
        FormWorld ofRoot;
        ofRoot.canKeepIds = false;
        const MoreOptions other(ofRoot);
        QVERIFY(!other.findChild<QCheckBox*>(QStringLiteral("keepId"))->isEnabled());
    }

    void marksTheSectionThatHoldsAProblem()
    {
        m_options->setProblems({ { FormField::AddedCapabilities, { QStringLiteral("No such capability."), {}, {} } } });
        QVERIFY(button("moreSecurity").property("error").toBool());
        QVERIFY(!button("moreProcess").property("error").toBool());
        QCOMPARE(line("addedCapabilities").accessibleDescription(), QStringLiteral("No such capability."));
        m_options->setProblems({});
        QVERIFY(!button("moreSecurity").property("error").toBool());
    }

    void looksAfterIt()
    {
        auto& restart = *m_options->findChild<QComboBox*>(QStringLiteral("restart"));
        auto& most = *m_options->findChild<QSpinBox*>(QStringLiteral("restartMost"));
        QVERIFY(!most.isEnabled());
        restart.setCurrentIndex(1);
        QVERIFY(most.isEnabled());
        most.setValue(5);
        line("healthCommand").setText(QStringLiteral("test -e /ready"));
        QCOMPARE(button("moreUpkeep").text(), QStringLiteral("Restart, health, log (2)"));
        CreateForm form;
        form.more = m_options->form();
        const Upkeep upkeep = workloadPlanOf(form).upkeep;
        QCOMPARE(encodeRestartPolicy(upkeep.restart), std::string("on-failure:5"));
        QCOMPARE(upkeep.health->command.back(), std::string("test -e /ready"));
        restart.setCurrentIndex(2);
        QCOMPARE(encodeRestartPolicy(m_options->form().upkeep.restart), std::string("always"));
    }

    void canBeWithoutAHealthCheck()
    {
        line("healthCommand").setText(QStringLiteral("test -e /ready"));
        auto& off = *m_options->findChild<QCheckBox*>(QStringLiteral("noHealthCheck"));
        off.setChecked(true);
        QVERIFY(!line("healthCommand").isEnabled());
        CreateForm form;
        form.more = m_options->form();
        form.unseen.healthTimeout = std::chrono::seconds(7); // of the one that is duplicated
        QVERIFY(workloadPlanOf(form).upkeep.hasNoHealthCheck && !workloadPlanOf(form).upkeep.health);
        QCOMPARE(button("moreUpkeep").text(), QStringLiteral("Restart, health, log (1)"));
        off.setChecked(false);
        QVERIFY(line("healthCommand").isEnabled());
        form.more = m_options->form();
        QVERIFY(!workloadPlanOf(form).upkeep.hasNoHealthCheck);
        QCOMPARE(workloadPlanOf(form).upkeep.health->command.back(), std::string("test -e /ready"));
    }

    void limitsTheLog()
    {
        line("logSize").setText(QStringLiteral("3M"));
        line("logFiles").setText(QStringLiteral("7"));
        CreateForm form;
        form.more = m_options->form();
        QVERIFY(workloadPlanOf(form).upkeep.log == (LogLimits{ 3U << 20U, 7 }));
        QCOMPARE(button("moreUpkeep").text(), QStringLiteral("Restart, health, log (2)"));
    }

    void choosesNetworksThatAreThere()
    {
        auto& choose = *m_options->findChild<QToolButton*>(QStringLiteral("networksChoose"));
        QVERIFY(!choose.isEnabled() && !choose.accessibleName().isEmpty());
        QCOMPARE(line("networks").accessibleName(), QStringLiteral("Networks"));
        m_options->setNetworks({ QStringLiteral("back"), QStringLiteral("front") });
        QVERIFY(choose.isEnabled());
        const auto trigger = [&choose](int place) {
            Q_EMIT choose.menu()->aboutToShow();
            choose.menu()->actions().at(place)->trigger();
        };
        line("networks").setText(QStringLiteral("host"));
        trigger(1);
        QCOMPARE(line("networks").text(), QStringLiteral("front")); // none goes with this computer's
        line("networks").setText(QStringLiteral("front:alias=www"));
        trigger(0);
        QCOMPARE(line("networks").text(), QStringLiteral("front:alias=www back"));
        Q_EMIT choose.menu()->aboutToShow();
        QVERIFY(choose.menu()->actions().at(0)->isChecked() && choose.menu()->actions().at(1)->isChecked());
        trigger(1);
        QCOMPARE(line("networks").text(), QStringLiteral("back"));
        QCOMPARE(m_options->form().network.networks, QStringLiteral("back"));
    }

    void saysWhatComesBackAtLogin()
    {
        FormWorld world;
        const auto noteOf = [](const MoreOptions& options) {
            options.findChild<QComboBox*>(QStringLiteral("restart"))->setCurrentIndex(2);
            QStringList all;
            for (const QLabel* label : options.findChildren<QLabel*>())
                all << label->text();
            return all.filter(QStringLiteral("At login too")).join(u' ');
        };
        const MoreOptions off(world);
        QVERIFY(noteOf(off).contains(u"settings"));
        world.isStartedAtLogin = true;
        const MoreOptions on(world);
        QCOMPARE(noteOf(on), QStringLiteral("At login too."));
    }

    void turnsOffWhatThisComputerCannotDo()
    {
        QVERIFY(line("memorySwap").isEnabled());
        QVERIFY(!line("cpuSet").isEnabled());
        MoreOptions open{ FormWorld() }; // not known: nothing is turned off
        QVERIFY(open.findChild<QLineEdit*>(QStringLiteral("cpuSet"))->isEnabled());
    }

    void aVmHasTheProcessAlone()
    {
        button("moreSecurity").click();
        m_options->setKind(NewWorkload::Vm, true);
        QVERIFY(m_options->isVisible() && !isOpen("moreSecurity"));
        QVERIFY(button("moreProcess").isVisible() && !button("moreLimits").isVisible());
        m_options->setKind(NewWorkload::Vm, false);
        QVERIFY(!m_options->isVisible());
        m_options->setKind(NewWorkload::Container, true);
        QVERIFY(button("moreLimits").isVisible());
    }

    void everythingHasAName()
    {
        for (const QLineEdit* each : m_options->findChildren<QLineEdit*>()) {
            const auto* spin = qobject_cast<const QSpinBox*>(each->parent());
            QVERIFY2(spin != nullptr || !each->accessibleName().isEmpty(), qPrintable(each->placeholderText()));
        }
    }

private:
    QToolButton& button(const char* name) { return *m_options->findChild<QToolButton*>(QLatin1String(name)); }
    QLineEdit& line(const char* name) { return *m_options->findChild<QLineEdit*>(QLatin1String(name)); }
    bool isOpen(const char* name)
    {
        return m_options->findChild<QWidget*>(QLatin1String(name) + QLatin1String("Panel"))->isVisible();
    }

    std::unique_ptr<MoreOptions> m_options;
};

QTEST_MAIN(CreateMoreOptionsTest)
#include "create_more_options_test.moc"
