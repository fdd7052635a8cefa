// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/config_mistakes.h"

#include <QTest>

#include <functional>

using namespace twinhull;
using namespace twinhull::oci;
using twinhull::test::collect;
using twinhull::test::fullSpec;
using twinhull::test::Json;
using twinhull::test::kindOf;
using twinhull::test::Place;

namespace {

constexpr std::size_t kLongestMessage = 600;

std::string messageOf(const Json& document)
{
    auto decoded = decodeRuntimeSpec(document.dump());
    return decoded ? std::string() : decoded.error().message;
}

bool isOneShortLine(const std::string& message)
{
    return message.size() <= kLongestMessage && message.rfind("config.json: ", 0) == 0
        && message.find_first_of(std::string("\n\r\0", 3)) == std::string::npos;
}

} // namespace

/// A whole config.json in which one node at a time is something else.
class RuntimeSpecMistakesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_document = Json::parse(encodeRuntimeSpec(fullSpec()));
        collect(m_document, Place(), m_places);
        QVERIFY(m_places.size() > 200);
        QCOMPARE(messageOf(m_document), std::string());
    }

    void namesEveryNodeOfAWrongKind_data()
    {
        QTest::addColumn<QByteArray>("json");
        for (const char* json : { "\"text\"", "[]", "{}" })
            QTest::newRow(json) << QByteArray(json);
    }
    void namesEveryNodeOfAWrongKind()
    {
        QFETCH(QByteArray, json);
        const Json other = Json::parse(json.toStdString());
        eachPlace(other, [&](const Place& place, const Json& before, const std::string& message) {
            QVERIFY2(message.empty() || isOneShortLine(message), message.c_str());
            if (kindOf(before) != kindOf(other))
                requirePlace(place, message);
        });
    }

    void takesNullForAbsentButNotAsAnElement()
    {
        eachPlace(Json(), [&](const Place& place, const Json&, const std::string& message) {
            QVERIFY2(message.empty() || isOneShortLine(message), message.c_str());
            if (place.isElement)
                requirePlace(place, message);
        });
    }

    void namesEveryStringWithANul()
    {
        eachPlace(std::string("a\0b", 3), [&](const Place& place, const Json& before, const std::string& message) {
            QVERIFY2(isOneShortLine(message), message.c_str());
            if (before.is_string())
                requirePlace(place, message);
        });
    }

    void namesEveryStringThatIsTooLong()
    {
        eachPlace(std::string(131072, 'x'), [&](const Place& place, const Json&, const std::string& message) {
            QVERIFY2(isOneShortLine(message), message.c_str());
            requirePlace(place, message);
        });
    }

    void survivesHugeNumbers()
    {
        for (const char* number : { "18446744073709551615", "1e300" }) {
            eachPlace(Json::parse(number), [&](const Place& place, const Json& before, const std::string& message) {
                QVERIFY2(message.empty() || isOneShortLine(message), message.c_str());
                if (!before.is_number())
                    requirePlace(place, message);
            });
        }
    }

    void shortensAndCleansTheNamesOfTheFile()
    {
        Json document = m_document;
        document["annotations"][std::string(1U << 20U, 'k')] = 1;
        QVERIFY2(isOneShortLine(messageOf(document)), messageOf(document).c_str());
        document = m_document;
        document["linux"]["sysctl"]["two\nlines"] = 1;
        QCOMPARE(
            messageOf(document), std::string("config.json: linux.sysctl.two?lines: expected a string, found a number"));
        document = m_document;
        document["linux"]["resources"]["unified"][std::string("a\0b", 3)] = "1";
        QCOMPARE(messageOf(document),
            std::string("config.json: linux.resources.unified.a?b: expected a string without a NUL"));
    }

private:
    void eachPlace(const Json& other,
        const std::function<void(const Place&, const Json& before, const std::string& message)>& check)
    {
        Json document = m_document;
        for (const auto& place : m_places) {
            Json before = document[place.pointer];
            if (other.is_string() && !before.is_string() && other != "text") // one wrong kind is tried already
                continue;
            document[place.pointer] = other;
            check(place, before, messageOf(document));
            document[place.pointer] = std::move(before);
            if (QTest::currentTestFailed())
                return;
        }
    }
    static void requirePlace(const Place& place, const std::string& message)
    {
        const std::string expected = "config.json: " + place.path + ": expected ";
        QVERIFY2(message.rfind(expected, 0) == 0, (expected + "… but was: " + message).c_str());
    }

    Json m_document;
    std::vector<Place> m_places;
};

QTEST_GUILESS_MAIN(RuntimeSpecMistakesTest)
#include "runtime_spec_mistakes_test.moc"
