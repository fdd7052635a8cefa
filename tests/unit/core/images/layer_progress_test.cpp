// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/layer_progress.h"

#include <QTest>

using namespace twinhull;

namespace {

Digest digestNamed(char digit)
{
    return *Digest::fromHex(std::string(64, digit));
}

ImageDescriptor blobNamed(char digit, std::uint64_t size)
{
    return { "", digestNamed(digit), size, {}, {} };
}

} // namespace

class LayerProgressTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_progress = std::make_unique<LayerProgress>(ImageManifest{ blobNamed('c', 10),
            { blobNamed('1', 100), blobNamed('2', 50), blobNamed('1', 100), blobNamed('3', 200) } });
    }

    void countsABlobThatComesTwiceOnce()
    {
        QCOMPARE(m_progress->rows().size(), std::size_t{ 4 });
        QCOMPARE(m_progress->wholeBytes(), 360U);
        QCOMPARE(m_progress->doneBytes(), 0U);
    }

    void givesGrowingFilesToTheLayersThatWereBegun()
    {
        begin('1');
        begin('2');
        m_progress->seeGrowing({ { "a", 10 } });
        m_progress->seeGrowing({ { "a", 40 }, { "b", 5 } });
        QCOMPARE(row('1').done, 40U);
        QCOMPARE(row('2').done, 5U);
        m_progress->seeGrowing({ { "a", 90 }, { "b", 30 } });
        QCOMPARE(m_progress->doneBytes(), 120U);
    }

    void takesAFileThatIsTooLargeForAnother()
    {
        begin('2'); // the first to be begun, but the larger one answers first
        begin('1');
        m_progress->seeGrowing({ { "a", 40 } });
        QCOMPARE(row('2').done, 40U);
        m_progress->seeGrowing({ { "a", 60 } });
        QCOMPARE(row('2').done, 0U);
        QCOMPARE(row('1').done, 60U);
    }

    void keepsWhatIsWhole()
    {
        begin('1');
        m_progress->seeGrowing({ { "a", 90 } });
        m_progress->setWhole(digestNamed('1'));
        m_progress->seeGrowing({});
        QCOMPARE(row('1').done, 100U);
        QVERIFY(!row('1').wasThere);
    }

    void tellsWhatWasThere()
    {
        m_progress->setThere(digestNamed('3'));
        begin('3'); // skopeo says so of every blob
        m_progress->seeGrowing({ { "a", 30 } });
        QCOMPARE(row('3').done, 200U);
        QVERIFY(row('3').wasThere);
        QVERIFY2(m_progress->text().contains(QStringLiteral("1 of 4")), qPrintable(m_progress->text()));
    }

    void passesOverWhatIsNoLayer()
    {
        m_progress->hear("Copying blob sha256:nonsense");
        m_progress->hear("Getting image source signatures");
        m_progress->hear("Copying blob sha256:" + std::string(64, 'f'));
        m_progress->setWhole(digestNamed('f'));
        m_progress->setDone(digestNamed('2'), 1'000'000);
        m_progress->seeGrowing({ { "a", 1'000'000 } });
        QCOMPARE(m_progress->doneBytes(), 50U);
    }

private:
    void begin(char digit) { m_progress->hear("Copying blob sha256:" + std::string(64, digit)); }
    const LayerProgress::Row& row(char digit) const
    {
        return *std::find_if(m_progress->rows().begin(), m_progress->rows().end(),
            [&](const auto& candidate) { return candidate.digest == digestNamed(digit); });
    }

    std::unique_ptr<LayerProgress> m_progress;
};

QTEST_GUILESS_MAIN(LayerProgressTest)
#include "layer_progress_test.moc"
