// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/image_config_change.h"

#include <QTest>

using namespace twinhull;

namespace {

const std::string kBase
    = R"({"architecture":"amd64","os":"linux","own":{"kept":1},"config":{"Cmd":["/bin/a"],"Env":["A=1","B=2"]},)"
      R"("rootfs":{"type":"layers","diff_ids":[]},"history":[{"created_by":"first","empty_layer":true}]})";

} // namespace

class ImageConfigChangeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void addsALayerAndItsHistory()
    {
        const Digest layer = *Digest::fromHex(std::string(64, 'a'));
        const auto text
            = changedImageConfig(kBase, { layer, { "2026-01-02T03:04:05Z", "twinhull", "why", false }, "me", {} });
        QVERIFY(text);
        const auto config = decodeImageConfig(*text);
        QVERIFY(config);
        QCOMPARE(config->diffIds, std::vector<Digest>{ layer });
        QCOMPARE(config->history.size(), std::size_t{ 2 });
        QVERIFY(config->history[0].isEmptyLayer);
        QCOMPARE(config->history[1].comment, std::string("why"));
        QCOMPARE(config->created, std::string("2026-01-02T03:04:05Z"));
        QCOMPARE(config->author, std::string("me"));
        QVERIFY(text->find(R"("own":{"kept":1})") != std::string::npos);
    }

    void appliesInstructions()
    {
        const auto text = changedImageConfig(kBase,
            { {}, {}, {},
                { "CMD [\"/bin/web\",\"-f\"]", "entrypoint sleep 1", "ENV A=x y", "ENV C 3", "LABEL k=\"a b\"",
                    "EXPOSE 80", "USER 1000:1000", "WORKDIR /srv", "STOPSIGNAL SIGINT", "VOLUME /data" } });
        QVERIFY(text);
        const auto config = decodeImageConfig(*text);
        QVERIFY(config);
        QCOMPARE(config->command, (std::vector<std::string>{ "/bin/web", "-f" }));
        QCOMPARE(config->entrypoint, (std::vector<std::string>{ "/bin/sh", "-c", "sleep 1" }));
        QCOMPARE(config->environment, (std::vector<std::string>{ "A=x y", "B=2", "C=3" }));
        QCOMPARE(config->labels.at("k"), std::string("a b"));
        QCOMPARE(config->exposedPorts, std::vector<std::string>{ "80/tcp" });
        QCOMPARE(config->user, std::string("1000:1000"));
        QCOMPARE(config->workingFolder, std::string("/srv"));
        QCOMPARE(config->stopSignal, std::string("SIGINT"));
        QVERIFY(text->find(R"("Volumes":{"/data":{}})") != std::string::npos);
    }

    void namesWhatMakesNoSense()
    {
        for (const char* line : { "", "CMD", "RUN make", "CMD [1]", "CMD [\"a\"" }) {
            const auto text = changedImageConfig(kBase, { {}, {}, {}, { line } });
            QVERIFY2(!text, line);
            QCOMPARE(text.error().code, ErrorCode::InvalidArgument);
            QVERIFY(!text.error().hint.empty());
        }
    }

    void refusesABaseThatIsNone()
    {
        for (const char* base : { "", "[]", "{}", R"({"rootfs":[]})", R"({"rootfs":{"diff_ids":[]},"history":3})" }) {
            const auto text = changedImageConfig(base, { *Digest::fromHex(std::string(64, 'a')), {}, {}, {} });
            if (text)
                QVERIFY2(decodeImageConfig(*text), base);
            else
                QCOMPARE(text.error().code, ErrorCode::Corrupt);
        }
    }
};

QTEST_GUILESS_MAIN(ImageConfigChangeTest)
#include "image_config_change_test.moc"
