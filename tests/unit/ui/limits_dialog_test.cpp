// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/limits_dialog.h"

#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>
#include <QTest>

using namespace twinhull;

class LimitsDialogTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_info = WorkloadInfo();
        m_info.name = QStringLiteral("web");
        m_info.limits.memoryBytes = std::uint64_t{ 256 } << 20U;
        m_plan = WorkloadPlan();
        m_plan.fineLimits
            = { std::nullopt, {}, 512, { { DeviceRateKind::ReadBytes, QStringLiteral("/dev/sda"), 1U << 20U } } };
        m_controllers = QStringList{ QStringLiteral("memory"), QStringLiteral("cpu"), QStringLiteral("io"),
            QStringLiteral("pids"), QStringLiteral("cpuset") };
        m_chosen.clear();
    }
    void cleanup() { m_dialog.reset(); }

    void showsWhatIsInForceAndTellsNothingWhereNothingIsOther()
    {
        open();
        QCOMPARE(line("limitsCpuShares")->text(), QStringLiteral("512"));
        QCOMPARE(line("limitsReadBytes")->text(), QStringLiteral("/dev/sda:1M"));
        QCOMPARE(line("limitsSwap")->text(), QString());
        apply()->click();
        QVERIFY(m_chosen.empty());
        QCOMPARE(m_dialog->result(), int(QDialog::Accepted));
    }

    void aNumberThatItsFieldCannotHoldStays()
    {
        m_info.limits.pids = 4'000'000'000;
        m_info.limits.cpus = 0.123456;
        open();
        line("limitsCpuShares")->setText(QStringLiteral("1024"));
        apply()->click();
        WorkloadChange expected;
        expected.cpuShares = 1024;
        QVERIFY(m_chosen.size() == 1 && m_chosen.front() == expected);
    }

    void tellsWhatIsOther()
    {
        open();
        line("limitsSwap")->setText(QStringLiteral("512M"));
        line("limitsCpuSet")->setText(QStringLiteral("0"));
        line("limitsCpuShares")->setText({});
        line("limitsReadBytes")->setText(QStringLiteral("/dev/sdb:2M"));
        auto* restart = m_dialog->findChild<QComboBox*>(QStringLiteral("limitsRestart"));
        restart->setCurrentIndex(restart->findData(static_cast<int>(RestartPolicy::When::Always)));
        apply()->click();
        WorkloadChange expected;
        expected.restart = RestartPolicy{ RestartPolicy::When::Always, 0 };
        expected.memoryAndSwapBytes = std::int64_t{ 512 } << 20;
        expected.cpuSet = QStringLiteral("0");
        expected.cpuShares = 0;
        expected.deviceRates = { { DeviceRateKind::ReadBytes, QStringLiteral("/dev/sdb"), 2U << 20U },
            { DeviceRateKind::ReadBytes, QStringLiteral("/dev/sda"), 0 } };
        QCOMPARE(m_chosen.size(), std::size_t{ 1 });
        QVERIFY(m_chosen.front() == expected);
    }

    void saysWhatMakesNoSense_data()
    {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("text");
        QTest::newRow("less than the memory") << QStringLiteral("limitsSwap") << QStringLiteral("128M");
        QTest::newRow("no size") << QStringLiteral("limitsSwap") << QStringLiteral("much");
        QTest::newRow("no list") << QStringLiteral("limitsCpuSet") << QStringLiteral("a");
        QTest::newRow("no such processor") << QStringLiteral("limitsCpuSet") << QStringLiteral("8000");
        QTest::newRow("too few shares") << QStringLiteral("limitsCpuShares") << QStringLiteral("1");
        QTest::newRow("no disk") << QStringLiteral("limitsWriteOperations") << QStringLiteral("sda:5");
        QTest::newRow("no memory") << QStringLiteral("limitsMemory") << QStringLiteral("much");
    }
    void saysWhatMakesNoSense()
    {
        QFETCH(QString, field);
        QFETCH(QString, text);
        open();
        auto* wrong = m_dialog->findChild<QLineEdit*>(field);
        const QString before = wrong->text();
        wrong->setText(text);
        QVERIFY(!apply()->isEnabled());
        QVERIFY(!wrong->accessibleDescription().isEmpty());
        wrong->setText(before);
        QVERIFY(apply()->isEnabled());
        QVERIFY(wrong->accessibleDescription().isEmpty());
    }

    void wantsAMemoryLimitForSwap()
    {
        m_info.limits.memoryBytes.reset();
        open();
        line("limitsSwap")->setText(QStringLiteral("128M"));
        QVERIFY(!apply()->isEnabled());
        line("limitsMemory")->setText(QStringLiteral("64M"));
        QVERIFY(apply()->isEnabled());
    }

    void turnsOffWhatThisComputerCannot()
    {
        m_controllers = QStringList{ QStringLiteral("cpu") };
        open();
        for (const char* name : { "limitsMemory", "limitsSwap", "limitsCpuSet", "limitsReadBytes" }) {
            QVERIFY2(!line(name)->isEnabled(), name);
            QVERIFY2(line(name)->accessibleDescription().contains(u"controller"), name);
        }
        QVERIFY(line("limitsCpuShares")->isEnabled());
        line("limitsCpuShares")->setText(QStringLiteral("1024")); // the others stay as they are
        apply()->click();
        WorkloadChange expected;
        expected.cpuShares = 1024;
        QVERIFY(m_chosen.size() == 1 && m_chosen.front() == expected);
    }

private:
    void open()
    {
        m_dialog = std::make_unique<LimitsDialog>(m_info, m_plan, m_controllers);
        connect(m_dialog.get(), &LimitsDialog::chosen, this,
            [this](const WorkloadChange& change) { m_chosen.push_back(change); });
    }
    QLineEdit* line(const char* name) const { return m_dialog->findChild<QLineEdit*>(QLatin1String(name)); }
    QPushButton* apply() const { return m_dialog->findChild<QPushButton*>(QStringLiteral("limitsApply")); }

    WorkloadInfo m_info;
    WorkloadPlan m_plan;
    std::optional<QStringList> m_controllers;
    std::unique_ptr<LimitsDialog> m_dialog;
    std::vector<WorkloadChange> m_chosen;
};

QTEST_MAIN(LimitsDialogTest)
#include "limits_dialog_test.moc"
