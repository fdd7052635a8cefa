// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/report_shelf.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace twinhull;

class ReportShelfTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tellsTheNewestFirst()
    {
        QVERIFY(shelf().list().empty()); // there is no folder yet
        const auto first = shelf().keep(comparison(QStringLiteral("web"), 1'000'000));
        const auto second = shelf().keep(comparison(QStringLiteral("../../etc/x y:1"), 2'000'000));
        QVERIFY(first && second);
        const auto reports = shelf().list();
        QCOMPARE(reports.size(), std::size_t(2));
        QCOMPARE(reports[0].path, *second);
        QCOMPARE(reports[0].image, QStringLiteral("../../etc/x y:1"));
        QCOMPARE(reports[1].work, QStringLiteral("one request"));
        QCOMPARE(reports[1].wallMilliseconds, 1'000'000);
        QCOMPARE(reports[1].rounds, 1);
    }

    void staysInItsFolderWhateverAnImageIsCalled()
    {
        const auto kept = shelf().keep(comparison(QStringLiteral("../../etc/x y:1"), 2'000'000));
        QVERIFY(kept);
        const QFileInfo file(QString::fromStdString(*kept));
        QCOMPARE(file.absolutePath(), m_folder.filePath(QStringLiteral("reports")));
        QVERIFY2(file.fileName().endsWith(QStringLiteral("-..-..-etc-x-y-1.json")), qPrintable(file.fileName()));
    }

    void keepsTwoOfTheSameSecondApart()
    {
        const auto one = shelf().keep(comparison(QStringLiteral("web"), 3'000'000));
        const auto other = shelf().keep(comparison(QStringLiteral("web"), 3'000'000));
        QVERIFY(one && other && *one != *other);
    }

    void leavesOutWhatIsNoReport()
    {
        QVERIFY(shelf().keep(comparison(QStringLiteral("web"), 1'000'000)));
        for (const char* name : { "a.json", "notes.txt" }) {
            QFile file(m_folder.filePath(QStringLiteral("reports/") + QLatin1String(name)));
            QVERIFY(file.open(QIODevice::WriteOnly) && file.write("{}") == 2);
        }
        const auto reports = shelf().list();
        QCOMPARE(reports.size(), std::size_t(1));
        QVERIFY(shelf().remove(reports.front()));
        QVERIFY(shelf().list().empty());
    }

    void endsWhenItIsToldTo()
    {
        QVERIFY(shelf().keep(comparison(QStringLiteral("web"), 1'000'000)));
        QVERIFY(shelf().list([] { return true; }).empty());
    }

    void cleanup() { QDir(m_folder.filePath(QStringLiteral("reports"))).removeRecursively(); }

private:
    ReportShelf shelf() const { return ReportShelf(m_folder.filePath(QStringLiteral("reports")).toStdString()); }

    static Comparison comparison(const QString& image, std::int64_t when)
    {
        Comparison made;
        made.image = image;
        made.work = QStringLiteral("one request");
        made.wallMilliseconds = when;
        made.container.runs.resize(1);
        made.vm.runs.resize(1);
        return made;
    }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(ReportShelfTest)
#include "report_shelf_test.moc"
