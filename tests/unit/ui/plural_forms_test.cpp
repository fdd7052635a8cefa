// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/create_dialog.h"
#include "ui/workloads/leftovers_banner.h"
#include "ui/workloads/workload_actions.h"

#include <QTest>
#include <QTranslator>

using namespace twinhull;

class PluralFormsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_translator.load(QStringLiteral(":/translations/twinhull_en.qm")));
        QVERIFY(QCoreApplication::installTranslator(&m_translator));
    }

    void areThoseOfTheCount()
    {
        QCOMPARE(
            CreateDialog::tr("This computer has %n CPU(s)", nullptr, 1), QStringLiteral("This computer has 1 CPU"));
        QCOMPARE(
            CreateDialog::tr("This computer has %n CPU(s)", nullptr, 8), QStringLiteral("This computer has 8 CPUs"));
        QCOMPARE(CheckpointActions::tr("%n container(s)", nullptr, 2), QStringLiteral("2 containers"));
        QCOMPARE(WorkloadActions::tr("%n workload(s)", nullptr, 2), QStringLiteral("2 workloads"));
        QCOMPARE(GroupAction::tr("%n workload(s)", nullptr, 2), QStringLiteral("2 workloads"));
        QCOMPARE(
            LeftoversBanner::tr("%n workload(s) left over from a comparison that was killed: %1", nullptr, 1).arg(u"x"),
            QStringLiteral("1 workload left over from a comparison that was killed: x"));
        QCOMPARE(QCoreApplication::translate("JobText", "%n job(s)", nullptr, 1), QStringLiteral("1 job"));
    }

private:
    QTranslator m_translator;
};

QTEST_GUILESS_MAIN(PluralFormsTest)
#include "plural_forms_test.moc"
