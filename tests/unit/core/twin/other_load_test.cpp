// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/other_load.h"

#include "core/base/subprocess.h"
#include "core/twin/comparison_reader.h"
#include "core/twin/comparison_report.h"
#include "core/twin/verdict.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

using namespace twinhull;

class OtherLoadTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void countsWhatIsNeitherOursNorTheSides()
    {
        const QTemporaryDir folder;
        const double ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
        writeStat(folder, "cpu  1000 0 500 90000 10 0 0 0 0 0\n");
        const OtherLoad load(folder.path().toStdString());
        QTest::qSleep(50);
        // 40 s more of user, system and stolen time; idle and waiting time does not count
        const auto more = QByteArray::number(static_cast<qint64>(1000 + 20 * ticks));
        const auto stolen = QByteArray::number(static_cast<qint64>(20 * ticks));
        writeStat(folder, "cpu  " + more + " 0 500 990000 9990 0 0 " + stolen + " 0 0\n");
        const Figure busy = load.finish(Figure::of(30));
        QVERIFY(busy.value && *busy.value > 0);
        const Figure none = load.finish(Figure::of(41));
        QCOMPARE(none.value, 0.0);
        // both divided by the same time: 40 - 30 against 40 - 20, but for our own CPU time in between
        const double twice = *load.finish(Figure::of(20)).value / *busy.value;
        QVERIFY2(twice > 1.2 && twice < 2.5, qPrintable(QString::number(twice)));
    }

    void seesAnotherProgramThatIsBusy()
    {
        const OtherLoad load;
        auto burned = runChecked(
            { { "sh", "-c", "i=0; while [ $i -lt 300000 ]; do i=$((i + 1)); done" }, {}, {} }, std::chrono::minutes(1));
        QVERIFY2(burned, burned ? "" : burned.error().message.c_str());
        const Figure cores = load.finish(Figure::of(0));
        QVERIFY2(cores.value && *cores.value > 0.05, qPrintable(cores.missing));
    }

    void saysWhatItNeeds()
    {
        const QTemporaryDir folder;
        QVERIFY(OtherLoad(folder.path().toStdString()).finish(Figure::of(1)).missing.startsWith(u"needs /proc/stat"));
        const OtherLoad load;
        QCOMPARE(load.finish(Figure::absent(QStringLiteral("needs X"))).missing, QStringLiteral("needs X"));
    }

    void aBusyComputerMakesAVerdictDoubtful()
    {
        const Comparison quiet = comparison(0.1);
        QVERIFY(!quiet.isDoubtful());
        QVERIFY(!verdictText(quiet).contains(QStringLiteral("Doubtful")));
        const Comparison busy = comparison(1.0);
        QVERIFY(busy.isDoubtful());
        const auto read = readComparison(ComparisonReport(busy).toJson());
        QVERIFY(read && read->isDoubtful());
        QCOMPARE(read->otherLoad(), 0.5);
        const ComparisonReport report(*read);
        for (const QString& text :
            { report.toText(), report.toHtml(), report.toSvg(), QString::fromUtf8(report.toJson()) })
            QVERIFY2(text.contains(QStringLiteral("Doubtful: other programs used 50 % of the processors")),
                qPrintable(text));
        QVERIFY(!comparison({}).otherLoad());
    }

private:
    static void writeStat(const QTemporaryDir& folder, const QByteArray& text)
    {
        QFile file(folder.filePath(QStringLiteral("stat")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }

    static Comparison comparison(std::optional<double> otherCores)
    {
        Comparison made;
        made.machine.cpus = 2;
        RunFigures run;
        run.startupMilliseconds = Figure::of(5);
        if (otherCores)
            run.otherCores = Figure::of(*otherCores);
        made.container.runs = { run, run, run };
        made.vm.runs = made.container.runs;
        return made;
    }
};

QTEST_GUILESS_MAIN(OtherLoadTest)
#include "other_load_test.moc"
