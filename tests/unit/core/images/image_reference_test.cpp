// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_reference.h"

#include <QTest>

using namespace twinhull;

namespace {

ImageInfo image(const QString& hexStart, const QStringList& references)
{
    ImageInfo info;
    info.digest = QStringLiteral("sha256:") + hexStart.leftJustified(64, u'0');
    info.references = references;
    return info;
}

const std::vector<ImageInfo> kImages{
    image(QStringLiteral("aaaaaaaa1"), { QStringLiteral("twinhull/starter:latest") }),
    image(QStringLiteral("aaaaaaaa2"), { QStringLiteral("docker.io/library/nginx:1.25"), QStringLiteral("web:1") }),
    image(QStringLiteral("bbbbbbbb"), { QStringLiteral("other/nginx:1.25") }),
};

} // namespace

class ImageReferenceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findsAnImageByItsWords_data()
    {
        QTest::addColumn<QString>("words");
        QTest::addColumn<int>("index");
        QTest::newRow("full reference") << QStringLiteral("twinhull/starter:latest") << 0;
        QTest::newRow("without the tag") << QStringLiteral("twinhull/starter") << 0;
        QTest::newRow("its end") << QStringLiteral("starter") << 0;
        QTest::newRow("second reference") << QStringLiteral("web:1") << 1;
        QTest::newRow("an end that fits two") << QStringLiteral("nginx:1.25") << -1;
        QTest::newRow("a longer end") << QStringLiteral("library/nginx:1.25") << 1;
        QTest::newRow("half a word") << QStringLiteral("tarter") << -1;
        QTest::newRow("digest") << kImages[2].digest << 2;
        QTest::newRow("unique prefix") << QStringLiteral("bbbbbbbb") << 2;
        QTest::newRow("prefix of two") << QStringLiteral("aaaaaaaa") << -1;
        QTest::newRow("prefix with its algorithm") << QStringLiteral("sha256:aaaaaaaa2") << 1;
        QTest::newRow("prefix too short") << QStringLiteral("bbbbbbb") << -1;
        QTest::newRow("nothing") << QString() << -1;
    }
    void findsAnImageByItsWords()
    {
        QFETCH(QString, words);
        QFETCH(int, index);
        const auto match = matchImage(kImages, words);
        QCOMPARE(match.has_value(), index >= 0);
        if (match)
            QCOMPARE(match->info.digest, kImages[static_cast<std::size_t>(index)].digest);
    }

    void refusesNamesThatCannotBe_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("empty") << QString();
        QTest::newRow("too long") << QString(300, u'a');
        for (const char* name : { "a b", "/a", "a/", ":a", "a:", "a\nb", "ä" })
            QTest::newRow(name) << QString::fromUtf8(name);
    }
    void refusesNamesThatCannotBe()
    {
        QFETCH(QString, name);
        QVERIFY(!normalizedReference(name.toStdString()));
    }

    void addsTheTagOnlyWhereThereIsNone()
    {
        QCOMPARE(*normalizedReference("host:5000/a"), std::string("host:5000/a:latest"));
        QCOMPARE(*normalizedReference("a:1"), std::string("a:1"));
    }
};

QTEST_GUILESS_MAIN(ImageReferenceTest)
#include "image_reference_test.moc"
