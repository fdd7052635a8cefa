// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/registry_answers.h"

#include <QTest>

using namespace twinhull;

class RegistryAnswersTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsWhatASearchFinds()
    {
        const auto found = decodeSearchAnswer(R"({"num_results": 2, "results": [
            {"name": "nginx", "description": "Official build\nof Nginx.", "star_count": 20000, "is_official": true},
            {"name": "team/nginx", "description": null, "is_automated": true}]})");
        QVERIFY(found);
        QCOMPARE(found->size(), std::size_t{ 2 });
        QCOMPARE(found->front().name, std::string("nginx"));
        QCOMPARE(found->front().description, std::string("Official build of Nginx.")); // no terminal is told what to do
        QVERIFY(found->front().isOfficial && found->front().stars == 20000U);
        QVERIFY(found->back().description.empty() && !found->back().stars && !found->back().isOfficial);
    }

    void readsACatalogue()
    {
        const auto names = decodeCatalogue("{\"repositories\": [\"a\", \"team/b\\u001b[2J\"]}");
        QVERIFY(names);
        QCOMPARE(*names, (std::vector<std::string>{ "a", "team/b [2J" }));
        QVERIFY(decodeCatalogue(R"({"repositories": null})")->empty());
    }

    void refusesWhatIsNoAnswer()
    {
        for (const char* text : { "", "[]]", R"({"results": 1})", R"({"results": [1]})",
                 R"({"results": [{"name": 1}]})", R"({"results": [{"description": "without a name"}]})" })
            QCOMPARE(decodeSearchAnswer(text).error().code, ErrorCode::Corrupt);
        QCOMPARE(decodeCatalogue(R"({"repositories": [1]})").error().code, ErrorCode::Corrupt);
        std::string many = "{\"repositories\": [";
        for (int i = 0; i < 10'001; ++i)
            many += "\"a\",";
        QCOMPARE(decodeCatalogue(many + "\"a\"]}").error().code, ErrorCode::Corrupt);
    }
};

QTEST_GUILESS_MAIN(RegistryAnswersTest)
#include "registry_answers_test.moc"
