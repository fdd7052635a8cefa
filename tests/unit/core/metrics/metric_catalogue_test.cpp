// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/metric_catalogue.h"
#include "core/metrics/reading.h"

#include <QRegularExpression>
#include <QSet>
#include <QTest>

using namespace twinhull;

class MetricCatalogueTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findsEachRowByItsMetric()
    {
        QCOMPARE(metricCatalogue().size(), kMetricCount);
        QCOMPARE(hostMetricCatalogue().size(), kHostMetricCount);
        for (const MetricRow& row : metricCatalogue())
            QCOMPARE(&about(row.metric), &row.about);
        for (const HostMetricRow& row : hostMetricCatalogue())
            QCOMPARE(&about(row.metric), &row.about);
    }

    void hasKeysThatPrometheusTakesAndThatEndInTheirUnit()
    {
        static const QRegularExpression kName(QStringLiteral("^[a-z][a-z0-9_]*$"));
        QSet<QString> keys;
        for (const FigureInfo* figure : all()) {
            const QString key = QString::fromLatin1(figure->key);
            QVERIFY2(kName.match(key).hasMatch(), figure->key);
            QVERIFY2(key.endsWith(u'_' + QString::fromLatin1(nameOf(figure->unit))), figure->key);
            QVERIFY2(!keys.contains(key), figure->key);
            keys.insert(key);
        }
    }

    void explainsEachFigureInSentences()
    {
        QSet<QString> titles;
        for (const FigureInfo* figure : all()) {
            QVERIFY2(meaningOf(*figure).endsWith(u'.'), figure->key);
            QVERIFY2(!sourceOf(*figure).isEmpty() && !sourceOf(*figure).endsWith(u'.'), figure->key);
            QVERIFY2(!titles.contains(titleOf(*figure)), figure->key);
            titles.insert(titleOf(*figure));
            const QStringList lines = explanationOf(*figure).split(u'\n');
            QCOMPARE(lines.size(), 4);
            QVERIFY(lines[2].startsWith(QStringLiteral("Computed")));
            QVERIFY(lines[3].startsWith(QStringLiteral("Source")));
        }
    }

    void tellsTheGuestsWordFromTheHosts()
    {
        for (const FigureInfo* figure : all()) {
            const bool isGuests = QLatin1String(figure->key).startsWith(QLatin1String("guest_"));
            QCOMPARE(figure->side == MetricSide::Guest, isGuests);
            QCOMPARE(explanationOf(*figure).contains(QStringLiteral("the guest's word:")), isGuests);
        }
    }

    void saysWhatEachAbsenceNeeds()
    {
        QVERIFY(sentenceFor(Needs::Nothing).isEmpty());
        QSet<QString> sentences;
        for (int i = 1; i <= static_cast<int>(Needs::ProcSelf); ++i) {
            const QString sentence = sentenceFor(static_cast<Needs>(i));
            QVERIFY2(sentence.startsWith(QStringLiteral("needs ")), qPrintable(QString::number(i)));
            QVERIFY2(!sentences.contains(sentence), qPrintable(sentence));
            const QString brief = shortSentenceFor(static_cast<Needs>(i));
            QVERIFY2(sentence.startsWith(brief + QStringLiteral(": ")), qPrintable(sentence)); // X, then how to get it
            sentences.insert(sentence);
            QCOMPARE(needsFrom(writtenSentenceFor(static_cast<Needs>(i))), std::optional(static_cast<Needs>(i)));
        }
        QVERIFY(!needsFrom(QStringLiteral("needs luck")));
    }

    void isAValueOrAReason()
    {
        Reading<double> reading;
        QVERIFY(!reading);
        QCOMPARE(reading.needs(), Needs::FirstReading);
        reading.explain(Needs::MemoryController);
        QCOMPARE(reading.needs(), Needs::MemoryController);
        QCOMPARE(reading.value_or(-1), -1.0);
        reading = 0.0; // a zero that was read is a value
        QVERIFY(reading.has_value());
        reading.explain(Needs::MemoryController);
        QCOMPARE(reading.needs(), Needs::Nothing);
        QCOMPARE(*reading, 0.0);
        reading = { std::optional<double>(), Needs::IoRights };
        QCOMPARE(reading.needs(), Needs::IoRights);
        QVERIFY(!std::optional<double>(reading));
    }

private:
    static std::vector<const FigureInfo*> all()
    {
        std::vector<const FigureInfo*> figures;
        for (const MetricRow& row : metricCatalogue())
            figures.push_back(&row.about);
        for (const HostMetricRow& row : hostMetricCatalogue())
            figures.push_back(&row.about);
        return figures;
    }
};

QTEST_GUILESS_MAIN(MetricCatalogueTest)
#include "metric_catalogue_test.moc"
