// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/compared_work.h"

#include <QTest>

using namespace twinhull;

namespace {

ImageInfo labelled()
{
    ImageInfo image;
    image.labels.insert(QStringLiteral("org.twinhull.work.http"), QStringLiteral("8080/work"));
    return image;
}

} // namespace

class ComparedWorkTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void takesTheImagesOwnWhereNothingIsAsked()
    {
        const auto work = comparedWork({}, labelled());
        QVERIFY(work && work->http);
        QCOMPARE(work->http->path, QStringLiteral("/work"));
        QVERIFY(!comparedWork(QStringLiteral("image"), {})->http);
        QVERIFY(comparedWork({}, {})->sentence().contains(QStringLiteral("rest")));
    }

    void takesARequestThatIsNamed()
    {
        const auto work = comparedWork(QStringLiteral("http:90/a/b"), labelled());
        QVERIFY(work && work->http);
        QCOMPARE(*work->http, (HttpWorkload{ 90, QStringLiteral("/a/b") }));
    }

    void printsNoControlCharactersOfALabel()
    {
        ImageInfo image;
        image.labels.insert(QStringLiteral("org.twinhull.work.http"), QStringLiteral("80/\033[2J"));
        for (const char* name : { "http", "http-rate" })
            QVERIFY(!comparedWork(QLatin1String(name), image)->sentence().contains(QChar(0x1b)));
    }

    void takesTheRateOfARequest()
    {
        const auto own = comparedWork(QStringLiteral("http-rate"), labelled());
        QVERIFY(own && own->http && own->asksAgain);
        QCOMPARE(own->http->port, 8080);
        const auto named = comparedWork(QStringLiteral("http-rate:90/a"), {});
        QVERIFY(named && named->asksAgain);
        QCOMPARE(named->scale->unit, QStringLiteral("requests/s"));
        QVERIFY(!comparedWork(QStringLiteral("http:90/a"), {})->scale);
        QVERIFY2(named->sentence().contains(QStringLiteral("for 5 s")), qPrintable(named->sentence()));
    }

    void takesANetworkWork()
    {
        const auto work = comparedWork(QStringLiteral("network-latency"), labelled());
        QVERIFY(work && work->network != nullptr && !work->http);
        QCOMPARE(work->scale,
            (WorkScale{ QStringLiteral("µs a round trip"), Better::Lower, {}, QStringLiteral("µs a round trip") }));
    }

    void takesACommandWithItsQuotes()
    {
        const auto work = comparedWork(commandWorkName(QStringLiteral("sh -c 'echo a b'")), labelled());
        QVERIFY(work && !work->http);
        QCOMPARE(
            work->command, QStringList({ QStringLiteral("sh"), QStringLiteral("-c"), QStringLiteral("echo a b") }));
        QVERIFY(work->sentence().contains(QStringLiteral("sh -c 'echo a b'")));
    }

    void takesALoadOfOurs()
    {
        const auto work = comparedWork(QStringLiteral("fork"), labelled());
        QVERIFY(work);
        QCOMPARE(work->load, QStringLiteral("fork"));
        QCOMPARE(work->command, QStringList({ QStringLiteral("twinhull-load"), QStringLiteral("fork") }));
        QVERIFY(work->sentence().startsWith(QStringLiteral("fork: children")));
        QCOMPARE(work->scale, (WorkScale{ QStringLiteral("µs a child"), Better::Lower, {} }));
        QCOMPARE(comparedWork(QStringLiteral("memory"), {})->scale->better, Better::Higher);
    }

    void aCommandMayHaveAFigure()
    {
        const WorkScale scale{ QStringLiteral("s"), Better::Lower, QStringLiteral("took ([0-9]+) s") };
        const auto command = comparedWork(commandWorkName(QStringLiteral("true")), {});
        QCOMPARE(withFigure(*command, scale)->scale, scale);
        QVERIFY(!withFigure(*command, { {}, Better::Lower, QStringLiteral("(") }));
        QVERIFY(!withFigure(*comparedWork(QStringLiteral("idle"), {}), scale));
        QVERIFY(!withFigure(*comparedWork(QStringLiteral("cpu"), {}), scale));
    }

    void restsWhenAsked() { QVERIFY(!comparedWork(QStringLiteral("idle"), labelled())->http); }

    void refusals_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("code");
        QTest::newRow("a load of the ruler's")
            << QStringLiteral("burn") << static_cast<int>(ErrorCode::InvalidArgument);
        QTest::newRow("unknown") << QStringLiteral("magic") << static_cast<int>(ErrorCode::InvalidArgument);
        QTest::newRow("no path") << QStringLiteral("http:80") << static_cast<int>(ErrorCode::InvalidArgument);
        QTest::newRow("no port") << QStringLiteral("http:x/y") << static_cast<int>(ErrorCode::InvalidArgument);
        QTest::newRow("open quote") << commandWorkName(QStringLiteral("echo 'a"))
                                    << static_cast<int>(ErrorCode::InvalidArgument);
        QTest::newRow("no command") << commandWorkName({}) << static_cast<int>(ErrorCode::InvalidArgument);
        QTest::newRow("no path of a rate")
            << QStringLiteral("http-rate:80") << static_cast<int>(ErrorCode::InvalidArgument);
        QTest::newRow("no label for a rate") << QStringLiteral("http-rate") << static_cast<int>(ErrorCode::NotFound);
        QTest::newRow("no label") << QStringLiteral("http") << static_cast<int>(ErrorCode::NotFound);
    }

    void refusals()
    {
        QFETCH(QString, name);
        QFETCH(int, code);
        const auto work = comparedWork(name, {});
        QVERIFY(!work);
        QCOMPARE(static_cast<int>(work.error().code), code);
        QVERIFY(!work.error().hint.empty());
    }
};

QTEST_GUILESS_MAIN(ComparedWorkTest)
#include "compared_work_test.moc"
