// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/runtime_spec.h"

#include <nlohmann/json.hpp>

#include <QTest>

#include <functional>

using namespace twinhull;
using namespace twinhull::oci;
using Json = nlohmann::json;

namespace {

constexpr std::size_t kLongestMessage = 400;

/// Every member that hull reads, where one can stand beside the others.
RuntimeSpec fullSpec()
{
    RuntimeSpec spec = defaultRuntimeSpec();
    auto& process = *spec.process;
    process.consoleSize = ConsoleSize{ 25, 80 };
    process.user = { 1, 2, 0022, { 3 } };
    process.oomScoreAdj = 5;
    process.apparmorProfile = "unconfined";
    process.selinuxLabel = "a_t";
    process.scheduler = Scheduler{ "SCHED_DEADLINE", 1, 2, { "SCHED_FLAG_RESET_ON_FORK" }, 1, 2, 3 };
    process.ioPriority = IoPriority{ "IOPRIO_CLASS_BE", 6 };
    process.execCpuAffinity = ExecCpuAffinity{ "0-1", "1" };
    process.capabilities->inheritable = process.capabilities->ambient = { "CAP_KILL" };
    spec.domainname = "domain";
    spec.mounts = { { "/data", "bind", "/srv", { "ridmap" }, { { 0, 5, 1 } }, { { 0, 6, 1 } } } };
    spec.annotations["key"] = "value";
    const std::vector<Hook> hooks{ { "/bin/hook", { "hook" }, { "A=b" }, 7 } };
    spec.hooks = { hooks, hooks, hooks, hooks, hooks, hooks };
    auto& linux_ = spec.linux_;
    linux_.namespaces.front().path = "/proc/self/ns/net";
    linux_.uidMappings = linux_.gidMappings = { { 0, 1000, 1 } };
    linux_.devices = { { "/dev/fuse", 'c', 10, 229, 0666, 0, 0 } };
    linux_.cgroupsPath = "/hull/web";
    linux_.resources.memoryLimitBytes = 64 << 20;
    linux_.resources.cpuShares = 5;
    linux_.resources.cpus = linux_.resources.mems = "0";
    linux_.resources.pidsLimit = 50;
    linux_.resources.ioWeight = 100;
    linux_.resources.ioDeviceWeights = { { 8, 0, 50 } };
    linux_.resources.hugepageLimits = { { "2MB", 1 << 21 } };
    linux_.resources.rdmaLimits["mlx5_0"] = { 1, 2 };
    linux_.resources.cpuBurstMicroseconds = 5;
    linux_.resources.cpuIdle = 0;
    linux_.resources.refusesMemoryBelowUse = true;
    linux_.resources.readBytesPerSecond = { { 8, 0, 5 } };
    linux_.resources.unified["memory.high"] = "1M";
    linux_.sysctl["net.ipv4.ip_forward"] = "1";
    linux_.seccomp = Seccomp{ "SCMP_ACT_ERRNO", 1, { "SCMP_ARCH_X86_64" }, { "SECCOMP_FILTER_FLAG_LOG" },
        { { { "read" }, "SCMP_ACT_ERRNO", 1, { { 0, 1, 0, "SCMP_CMP_EQ" } } } }, { "/run/agent", "data" } };
    linux_.rootfsPropagation = "rslave";
    linux_.timeOffsets = { { "boottime", { -5, 1 } } };
    linux_.mountLabel = "b_t";
    linux_.personality = Personality{ "LINUX" };
    linux_.memoryPolicy = MemoryPolicy{ "MPOL_BIND", "0", { "MPOL_F_STATIC_NODES" } };
    return spec;
}

struct Place {
    Json::json_pointer pointer;
    std::string path; ///< "linux.namespaces[3].path"
    bool isElement = false;
};

void collect(const Json& value, const Place& here, std::vector<Place>& places)
{
    if (!here.path.empty())
        places.push_back(here);
    if (value.is_array()) {
        for (std::size_t i = 0; i < value.size(); ++i)
            collect(value[i], { here.pointer / i, here.path + "[" + std::to_string(i) + "]", true }, places);
    } else if (value.is_object()) {
        for (const auto& [key, member] : value.items())
            collect(member, { here.pointer / key, here.path + (here.path.empty() ? "" : ".") + key, false }, places);
    }
}

/// JSON has one kind of numbers; a whole one is another kind here.
int kindOf(const Json& value)
{
    return static_cast<int>(
        value.type() == Json::value_t::number_unsigned ? Json::value_t::number_integer : value.type());
}

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
