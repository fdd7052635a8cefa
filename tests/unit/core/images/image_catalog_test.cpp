// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_catalog.h"

#include <QTemporaryDir>
#include <QTest>

using namespace twinhull;

namespace {

ImageDescriptor manifest(char digit)
{
    return { std::string(kMediaTypeManifest), *Digest::fromHex(std::string(64, digit)), 1, {}, {} };
}

} // namespace

class ImageCatalogTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_root = std::make_unique<QTemporaryDir>();
        QVERIFY(layout().prepare());
    }

    void groupsTheReferencesOfAnImage()
    {
        QVERIFY(addToIndex(layout(), { { manifest('a'), { "x:1", "x:2" } }, { manifest('b'), {} } }));
        const auto all = entries();
        QCOMPARE(all.size(), std::size_t{ 2 });
        QCOMPARE(all[0].references, (QStringList{ QStringLiteral("x:1"), QStringLiteral("x:2") }));
        QVERIFY(all[1].references.isEmpty());
    }

    void namesAnImageThatHadNoName()
    {
        QVERIFY(addToIndex(layout(), { { manifest('a'), {} } }));
        QVERIFY(addToIndex(layout(), { { manifest('a'), { "x:1" } } }));
        QCOMPARE(entries().size(), std::size_t{ 1 });
        QCOMPARE(entries().front().references, QStringList{ QStringLiteral("x:1") });
    }

    void addsTheSameTwiceOnce()
    {
        for (int i = 0; i < 2; ++i)
            QVERIFY(addToIndex(layout(), { { manifest('a'), { "x:1" } } }));
        QCOMPARE(layout().readIndex()->manifests.size(), std::size_t{ 1 });
    }

    void removesOneReferenceOrAll()
    {
        QVERIFY(addToIndex(layout(), { { manifest('a'), { "x:1", "x:2", "x:3" } } }));
        auto index = *layout().readIndex();
        QVERIFY(removeFromIndex(index, manifest('a').digest, "x:2"));
        QCOMPARE(catalogEntries(index).front().references.size(), 2);
        QVERIFY(removeFromIndex(index, manifest('a').digest, {}));
        QVERIFY(index.manifests.empty());
        QCOMPARE(removeFromIndex(index, manifest('a').digest, {}).error().code, ErrorCode::NotFound);
    }

    void keepsAnImageThatLosesItsLastName()
    {
        QVERIFY(addToIndex(layout(), { { manifest('a'), { "x:1", "x:2" } } }));
        QVERIFY(!dropReferences(layout(), manifest('a').digest, { "x:1", "y:1" }));
        QCOMPARE(entries().front().references.size(), 2);
        QVERIFY(dropReferences(layout(), manifest('a').digest, { "x:1", "x:2" }));
        QCOMPARE(entries().size(), std::size_t{ 1 });
        QVERIFY(entries().front().references.isEmpty());
    }

    void doesNotOverwriteAnIndexItCannotRead()
    {
        QVERIFY(writeFileAtomically(layout().indexPath(), "{ broken"));
        QVERIFY(!addToIndex(layout(), { { manifest('a'), { "x:1" } } }));
        QCOMPARE(*readFile(layout().indexPath()), std::string("{ broken"));
    }

    void noticesADamagedDocument()
    {
        QVERIFY(writeFileAtomically(layout().blobPath(manifest('a').digest), "{}"));
        const auto document = layout().readDocument(manifest('a').digest);
        QVERIFY(!document);
        QCOMPARE(document.error().code, ErrorCode::Corrupt);
    }

private:
    ImageLayout layout() const { return ImageLayout(m_root->path().toStdString()); }
    std::vector<CatalogEntry> entries() const { return catalogEntries(*layout().readIndex()); }

    std::unique_ptr<QTemporaryDir> m_root;
};

QTEST_GUILESS_MAIN(ImageCatalogTest)
#include "image_catalog_test.moc"
