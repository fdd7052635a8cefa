// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/build_step.h"
#include "core/images/containerfile.h"

#include <QTest>

using namespace twinhull;

/// What is read of a Containerfile before it is built, and of what buildah says meanwhile.
class ContainerfileTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findsTheImagesItNeeds_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QStringList>("images");
        const auto list = [](std::initializer_list<const char*> names) {
            QStringList all;
            for (const char* name : names)
                all << QString::fromLatin1(name);
            return all;
        };
        QTest::newRow("one") << QByteArray("FROM alpine:3.18\nRUN true\n") << list({ "alpine:3.18" });
        QTest::newRow("small letters, options, comment")
            << QByteArray("# syntax\nfrom --platform=linux/amd64 \\\n# in between\n  quay.io/a/b\n")
            << list({ "quay.io/a/b" });
        QTest::newRow("stages") << QByteArray("FROM a AS one\nFROM One\nCOPY --from=one /x /y\nCOPY --from=0 /x /y\n"
                                              "COPY --chown=1:1 --from=other:2 /x /y\nFROM scratch\n")
                                << list({ "a", "other:2" });
        QTest::newRow("mounts") << QByteArray("FROM a\nRUN --mount=type=bind,from=tools,target=/t make\n")
                                << list({ "a", "tools" });
        QTest::newRow("arguments") << QByteArray("ARG BASE=alpine\nARG TAG\nFROM ${BASE}:${TAG}\nFROM $BASE\n"
                                                 "FROM ${NONE:-busybox}\nFROM $UNKNOWN\n")
                                   << list({ "alpine:9", "alpine", "busybox" });
        QTest::newRow("an argument of a stage says nothing")
            << QByteArray("FROM a\nARG LATE=x\nCOPY --from=$LATE /x /y\n") << list({ "a" });
        QTest::newRow("broken") << QByteArray("FROM\nFROM ${A\nFROM $\n\\\n") << QStringList();
    }
    void findsTheImagesItNeeds()
    {
        QFETCH(QByteArray, text);
        QFETCH(QStringList, images);
        QStringList found;
        for (const auto& name : imagesNamedIn(text.toStdString(), { "TAG=9", "UNUSED=1", "nothing" }))
            found << QString::fromStdString(name);
        QCOMPARE(found, images);
    }

    void readsSteps()
    {
        const auto step = BuildStep::parse("[1/2] STEP 2/5: RUN make");
        QVERIFY(step);
        QCOMPARE(step->number, 2U);
        QCOMPARE(step->count, 5U);
        QVERIFY(BuildStep::parse("STEP 1/1: FROM a"));
        for (const char* other :
            { "STEP", "STEP 1", "STEP 1/2", "STEP 3/2: x", "STEP 0/2: x", "[x", "STEP a/b: c", "" })
            QVERIFY2(!BuildStep::parse(other), other);
    }
};

QTEST_GUILESS_MAIN(ContainerfileTest)
#include "containerfile_test.moc"
