// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/image_config.h"
#include "core/oci/image_index.h"
#include "core/oci/image_manifest.h"

#include <QTest>

using namespace twinhull;

namespace {

const std::string kHex(64, 'a');
const std::string kDigest = "sha256:" + kHex;
const std::string kDescriptor = R"({"mediaType":"m","digest":")" + kDigest + R"(","size":3})";

} // namespace

class ImageDocumentsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void refusesWhatIsNoDigest_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<ErrorCode>("code");
        QTest::newRow("empty") << QString() << ErrorCode::Corrupt;
        QTest::newRow("a path") << QStringLiteral("sha256:../../../etc/passwd") << ErrorCode::Corrupt;
        QTest::newRow("too short") << QString::fromStdString(kDigest).chopped(1) << ErrorCode::Corrupt;
        QTest::newRow("upper case") << QString::fromStdString("sha256:" + std::string(64, 'A')) << ErrorCode::Corrupt;
        QTest::newRow("lines") << QStringLiteral("sha256:\n\n") << ErrorCode::Corrupt;
        QTest::newRow("sha512") << QStringLiteral("sha512:00") << ErrorCode::Unsupported;
    }
    void refusesWhatIsNoDigest()
    {
        QFETCH(QString, text);
        QFETCH(ErrorCode, code);
        const auto digest = Digest::parse(text.toStdString());
        QVERIFY(!digest);
        QCOMPARE(digest.error().code, code);
        QVERIFY(digest.error().message.find('\n') == std::string::npos);
    }

    void readsBackAnIndex()
    {
        ImageIndex index{ { { std::string(kMediaTypeManifest), *Digest::parse(kDigest), 7,
            { { std::string(kAnnotationRefName), "web:1" } }, ImagePlatform{ "amd64", "linux" } } } };
        const auto read = decodeImageIndex(encodeImageIndex(index));
        QVERIFY(read);
        QCOMPARE(read->manifests.size(), std::size_t{ 1 });
        const auto& entry = read->manifests.front();
        QCOMPARE(entry.digest.hex(), kHex);
        QCOMPARE(entry.size, std::uint64_t{ 7 });
        QCOMPARE(entry.annotations.at(std::string(kAnnotationRefName)), std::string("web:1"));
        QCOMPARE(entry.platform->architecture, std::string("amd64"));
    }

    void refusesBrokenDocuments_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("truncated") << QByteArray(R"({"schemaVersion":2,"manifests":[)");
        QTest::newRow("a list") << QByteArray("[]");
        QTest::newRow("wrong types") << QByteArray(R"({"schemaVersion":2,"manifests":"x","config":1,"layers":{}})");
        QTest::newRow("wrong entries") << QByteArray(R"({"schemaVersion":2,"manifests":[1],"config":[],"layers":[2]})");
        QTest::newRow("negative size") << QByteArray::fromStdString(
            R"({"schemaVersion":2,"manifests":[{"digest":")" + kDigest + R"(","size":-1}]})");
    }
    void refusesBrokenDocuments()
    {
        QFETCH(QByteArray, json);
        QVERIFY(!decodeImageIndex(json.toStdString()));
        QVERIFY(!decodeImageManifest(json.toStdString()));
        QVERIFY(!decodeImageConfig(json.toStdString()));
        QVERIFY(!decodeDockerArchiveManifest(json.toStdString()));
    }

    void readsBackAManifest()
    {
        const auto first = decodeImageManifest(
            R"({"schemaVersion":2,"config":)" + kDescriptor + R"(,"layers":[)" + kDescriptor + "]}");
        QVERIFY(first);
        const auto again = decodeImageManifest(encodeImageManifest(*first));
        QVERIFY(again);
        QCOMPARE(again->config.size, std::uint64_t{ 3 });
        QCOMPARE(again->layers.size(), std::size_t{ 1 });
    }

    void refusesAManifestWithTooManyLayers()
    {
        std::string layers = kDescriptor;
        for (int i = 0; i < 600; ++i)
            layers += "," + kDescriptor;
        QVERIFY(!decodeImageManifest(R"({"config":)" + kDescriptor + R"(,"layers":[)" + layers + "]}"));
    }

    void readsBackAConfig()
    {
        ImageConfig config;
        config.created = "2026-01-02T03:04:05Z";
        config.architecture = "amd64";
        config.os = "linux";
        config.entrypoint = { "/bin/web", "-v" };
        config.command = { "serve" };
        config.environment = { "A=1" };
        config.workingFolder = "/srv";
        config.user = "7:8";
        config.exposedPorts = { "80/tcp" };
        config.labels = { { "k", "v" } };
        config.stopSignal = "SIGINT";
        config.diffIds = { *Digest::parse(kDigest) };
        const auto read = decodeImageConfig(encodeImageConfig(config));
        QVERIFY(read);
        QCOMPARE(read->created, config.created);
        QVERIFY(read->entrypoint == config.entrypoint && read->command == config.command);
        QVERIFY(read->environment == config.environment && read->exposedPorts == config.exposedPorts);
        QVERIFY(read->labels == config.labels && read->diffIds == config.diffIds);
        QCOMPARE(read->workingFolder + read->user + read->stopSignal, std::string("/srv7:8SIGINT"));
    }

    void takesNullForMissingInAConfig()
    {
        const auto config = decodeImageConfig(
            R"({"config":{"Entrypoint":null,"Env":null,"Labels":null},"rootfs":{"type":"layers","diff_ids":null}})");
        QVERIFY(config);
        QVERIFY(config->entrypoint.empty() && config->labels.empty() && config->diffIds.empty());
    }

    void readsADockerArchiveManifest()
    {
        const auto images = decodeDockerArchiveManifest(
            R"([{"Config":"c.json","RepoTags":["web:1","web:2"],"Layers":["a/layer.tar"]}])");
        QVERIFY(images);
        QCOMPARE(images->front().references.size(), std::size_t{ 2 });
        QCOMPARE(images->front().layerPaths.front(), std::string("a/layer.tar"));
    }
};

QTEST_GUILESS_MAIN(ImageDocumentsTest)
#include "image_documents_test.moc"
