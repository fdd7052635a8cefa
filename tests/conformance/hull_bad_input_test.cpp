// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/config_mistakes.h"
#include "tests/support/hull_test.h"
#include "tests/support/private_host.h"
#include "tests/support/sample.h"

#include <QDir>

#include <algorithm>
#include <functional>

using namespace twinhull;
using namespace twinhull::test;

namespace {

constexpr std::size_t kMegabyte = 1U << 20U;

/// A start is 10 ms, ten times as much with sanitizers, and there are some 3,000 mistakes.
int stride()
{
    return kIsSanitized && !qEnvironmentVariableIsSet("TWINHULL_TEST_BIN") ? 31 : 8;
}

/// Every section of config.json, as far as one container of root can have it on any computer.
void fill(oci::RuntimeSpec& spec, const std::string& folder, const std::string& marker)
{
    auto& process = *spec.process;
    process.args = { "/bin/true" };
    process.user = { 0, 0, 0022, { 3 } };
    process.cwd = "/srv/here";
    process.oomScoreAdj = 5;
    process.apparmorProfile = "unconfined";
    process.rlimits = { { "RLIMIT_NOFILE", 64, 128 } };
    process.scheduler = oci::Scheduler{ "SCHED_BATCH", 1, 0, { "SCHED_FLAG_RESET_ON_FORK" }, 0, 0, 0 };
    process.ioPriority = oci::IoPriority{ "IOPRIO_CLASS_BE", 6 };
    process.execCpuAffinity = oci::ExecCpuAffinity{ "0", "0" };
    process.capabilities->inheritable = process.capabilities->ambient = { "CAP_KILL" };
    spec.domainname = "domain";
    spec.mounts.push_back({ "/data", "bind", folder, { "rbind", "ro" }, {}, {} });
    spec.annotations["key"] = "value";
    const std::vector<oci::Hook> host{ { "/bin/true", { "true" }, { "A=b" }, 7 } };
    spec.hooks = { host, host, host, { { "/bin/true", { "true" }, { "A=b" }, 7 } }, host, host };
    auto& linux_ = spec.linux_;
    linux_.namespaces.push_back({ oci::NamespaceKind::Time, {} });
    linux_.timeOffsets = { { "boottime", { 5, 1 } } };
    linux_.devices = { { "/dev/fuse", 'c', 10, 229, 0666, 0, 0 } };
    linux_.cgroupsPath = "/" + marker + "/web";
    linux_.resources.deviceRules = { { true, 'c', 10, 229, "rw" } };
    linux_.sysctl["net.ipv4.ip_unprivileged_port_start"] = "80";
    linux_.seccomp = oci::Seccomp{ "SCMP_ACT_ALLOW", {}, { "SCMP_ARCH_X86_64" }, { "SECCOMP_FILTER_FLAG_LOG" },
        { { { "swapon" }, "SCMP_ACT_ERRNO", 1, { { 0, 1, 0, "SCMP_CMP_EQ" } } } }, {} };
    linux_.rootfsPropagation = "rslave";
    linux_.personality = oci::Personality{ "LINUX" };
    linux_.memoryPolicy = oci::MemoryPolicy{ "MPOL_DEFAULT", {}, {} };
}

/// The place of a mistake, what is in it, or what it stands in.
bool names(const std::string& line, std::string path)
{
    if (line.find(path + ".") != std::string::npos || line.find(path + "[") != std::string::npos)
        return true;
    while (!path.empty()) {
        if (line.find(path + ":") != std::string::npos)
            return true;
        const auto end = path.find_last_of(".[");
        path.resize(end == std::string::npos ? 0 : end);
    }
    return false;
}

} // namespace

/// The real hull and every field of a whole config.json, one of them wrong at a time: it ends with status 1 and one
/// line that names the field, or runs the container where the value does no harm, and nothing is left behind.
class HullBadInputTest : public HullTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (::geteuid() != 0)
            QSKIP("needs root: mounts of its own");
        QVERIFY(m_host.enter(hullProgram()));
    }
    void init()
    {
        setUp();
        m_bundle->program = m_host.program();
        fill(m_bundle->spec, m_bundle->path("/rootfs/etc"), m_host.marker());
        m_document = Json::parse(encodeRuntimeSpec(m_bundle->spec));
        m_places.clear();
        collect(m_document, Place(), m_places);
        QVERIFY(m_places.size() > 200);
        const auto output = run(m_document);
        QVERIFY2(output.exitStatus == 0 && output.standardError.empty(), said(output));
        QTest::qWait(1); // the event loop makes its descriptors
        m_host.remember();
    }
    void cleanup() { tearDown(); }

    void namesEveryFieldOfAWrongKind_data()
    {
        QTest::addColumn<QByteArray>("json");
        for (const char* json : { "\"text\"", "7", "true", "[]", "{}", "[7]" })
            QTest::newRow(json) << QByteArray(json);
    }
    void namesEveryFieldOfAWrongKind()
    {
        QFETCH(QByteArray, json);
        const Json other = Json::parse(json.toStdString());
        eachPlace(other, refusedAtItsPlace,
            [&](const Json& before, const Place&) { return kindOf(before) != kindOf(other); });
    }

    void survivesAbsurdNumbers_data()
    {
        QTest::addColumn<QByteArray>("json");
        for (const char* json : { "9223372036854775808", "18446744073709551615", "-1", "-9223372036854775808", "1e308",
                 "99999999999999999999999", "4294967296", "0.5" })
            QTest::newRow(json) << QByteArray(json);
    }
    void survivesAbsurdNumbers()
    {
        QFETCH(QByteArray, json);
        eachPlace(
            Json::parse(json.toStdString()), [](const Place&, const Json&, const CommandOutput&) {}, isNumber);
    }

    void namesEveryStringWithANul() { eachPlace(std::string("a\0b", 3), refusedAtItsPlace, isString); }

    void namesEveryStringOfAMegabyte() { eachPlace(std::string(kMegabyte, 'x'), refusedAtItsPlace, isString); }

    void survivesOddStrings_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("lines") << QByteArray("a\nb\x1b[31m");
        QTest::newRow("nowhere") << QByteArray("/no/such/../thing");
        QTest::newRow("upwards") << QByteArray("../../../../etc");
        QTest::newRow("not UTF-8") << QByteArray("%s%n:=,");
    }
    void survivesOddStrings()
    {
        QFETCH(QByteArray, text);
        const auto isHullsOwn = [](const Json& before, const Place& place) {
            // another program, its words, or a root without it
            return before.is_string() && place.path.find(".args[") == std::string::npos && place.path != "root.path";
        };
        eachPlace(
            text.toStdString(), [](const Place&, const Json&, const CommandOutput&) {}, isHullsOwn);
    }

    void namesAMemberWithAHugeOrOddName()
    {
        for (const char* object : { "/annotations", "/linux/sysctl", "/linux/timeOffsets", "/linux/netDevices" }) {
            for (const std::string& name :
                { std::string(kMegabyte, 'k'), std::string("a\0b", 3), std::string("two\nlines"), std::string() }) {
                Json document = m_document;
                document[Json::json_pointer(object)][name] = 7;
                const auto output = run(document);
                QVERIFY2(output.exitStatus == 1, said(output));
                requireOneLine(output);
                QVERIFY2(output.standardError.size() < 1000, said(output));
            }
        }
        QVERIFY2(leftovers().isEmpty(), qPrintable(leftovers().join(u'\n')));
    }

    void refusesWhatIsNoConfiguration_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("half") << QByteArray("{\"root\":");
        QTest::newRow("list") << QByteArray("[]");
        QTest::newRow("deep") << QByteArray(100000, '[');
        QTest::newRow("deep objects") << QByteArray("{\"a\":").repeated(50000);
        QTest::newRow("not UTF-8") << QByteArray("{\"hostname\":\"\xff\xfe\"}");
        QTest::newRow("binary") << QByteArray("\x7f"
                                              "ELF\0\0\0",
            7);
        QTest::newRow("5 MiB") << QByteArray(5 << 20, ' ');
    }
    void refusesWhatIsNoConfiguration()
    {
        QFETCH(QByteArray, text);
        const auto output = runText(text.toStdString());
        QVERIFY2(output.exitStatus == 1, said(output));
        requireOneLine(output);
        QVERIFY2(output.standardError.find("config.json") != std::string::npos, said(output));
        QVERIFY2(leftovers().isEmpty(), qPrintable(leftovers().join(u'\n')));
    }

    void namesWhatIsMissingOrLeadsAstray_data()
    {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* what, const char* expected) {
            QTest::newRow(what) << QString::fromLatin1(what) << QString::fromLatin1(expected);
        };
        row("no config.json", "has no config.json");
        row("config.json in a ring of links", "config.json: Too many levels of symbolic links");
        row("config.json a folder", "config.json: read: Is a directory");
        row("no bundle", "/absent: No such file or directory");
        row("no root", "config.json: root.path: root file system");
        row("a root in a ring of links", "Too many levels of symbolic links");
        row("a root that is a file", "Not a directory");
    }
    void namesWhatIsMissingOrLeadsAstray()
    {
        QFETCH(QString, what);
        QFETCH(QString, expected);
        std::string bundle = m_bundle->path();
        const std::string config = bundle + "/config.json";
        const std::string root = bundle + "/rootfs";
        if (what == QLatin1String("no bundle"))
            bundle += "/absent";
        if (what.contains(QLatin1String("config.json")))
            QCOMPARE(::unlink(config.c_str()), 0);
        if (what.startsWith(QLatin1String("config.json in")))
            QCOMPARE(::symlink("config.json", config.c_str()), 0);
        if (what == QLatin1String("config.json a folder"))
            QCOMPARE(::mkdir(config.c_str(), 0755), 0);
        if (what.contains(QLatin1String("root")))
            QVERIFY(removeTree(root));
        if (what.startsWith(QLatin1String("a root in")))
            QCOMPARE(::symlink("rootfs", root.c_str()), 0);
        if (what == QLatin1String("a root that is a file"))
            QVERIFY(writeFileAtomically(root, "text"));
        const auto output = m_bundle->hull({ "run", "--bundle", bundle, "web" });
        QVERIFY2(output.exitStatus == 1, said(output));
        requireOneLine(output);
        QVERIFY2(output.standardError.find(expected.toStdString()) != std::string::npos, said(output));
        QVERIFY(m_bundle->isClean());
    }

private:
    using Check = std::function<void(const Place&, const Json& before, const CommandOutput&)>;
    using Choice = std::function<bool(const Json& before, const Place&)>;

    static bool isNumber(const Json& before, const Place&) { return before.is_number(); }
    static bool isString(const Json& before, const Place&) { return before.is_string(); }

    static void refusedAtItsPlace(const Place& place, const Json&, const CommandOutput& output)
    {
        QVERIFY2(output.exitStatus == 1, said(output));
        QVERIFY2(output.standardError.find("config.json: " + place.path + ": ") != std::string::npos, said(output));
    }

    static void requireOneLine(const CommandOutput& output)
    {
        const auto text = QByteArray::fromStdString(output.standardError);
        QVERIFY2(text.startsWith("hull: ") && text.count('\n') == 1 && text.endsWith('\n'), said(output));
    }

    /// A capability of an unknown name is a warning; the sets may not fit without it. The hook inside is busybox, which
    /// says on its own that it knows no program of a wrong name.
    static std::string withoutWarnings(const std::string& said)
    {
        static constexpr std::string_view kUnknown = ": applet not found\n";
        const auto hook = said.find(kUnknown);
        const std::string text = hook == std::string::npos ? said : said.substr(hook + kUnknown.size());
        static constexpr std::string_view kWarning = "hull: warning: capability ";
        return text.rfind(kWarning, 0) == 0 ? text.substr(text.find('\n') + 1) : text;
    }

    /// Mount points that were made in the image stay in it, and filters in their cache.
    QStringList leftovers() const
    {
        QStringList left = m_host.leftovers();
        const auto image = QStringLiteral("a file: ") + QString::fromStdString(m_bundle->path("/rootfs/"));
        const auto isMeant = [&](const QString& one) {
            return one.startsWith(image) || one.contains(QLatin1String("/.cache/twinhull/seccomp/"));
        };
        left.erase(std::remove_if(left.begin(), left.end(), isMeant), left.end());
        return left;
    }

    CommandOutput runText(const std::string& text) const
    {
        (void)writeFileAtomically(m_bundle->path("/config.json"), text, 0644);
        return m_bundle->hull({ "run", "--bundle", m_bundle->path(), m_host.marker() });
    }
    CommandOutput run(const Json& document) const { return runText(document.dump()); }

    void eachPlace(const Json& other, const Check& check, const Choice& isMeant = {})
    {
        Json document = m_document;
        Sample sample(stride());
        for (const auto& place : m_places) {
            Json before = document[place.pointer];
            if ((isMeant && !isMeant(before, place)) || !sample.takesNext())
                continue;
            document[place.pointer] = other;
            const auto output = run(document);
            document[place.pointer] = before;
            QVERIFY2(output.exitStatus == 0 || output.exitStatus == 1, (place.path + ": ").c_str() + said(output));
            if (output.exitStatus == 1) {
                requireOneLine({ output.exitStatus, {}, withoutWarnings(output.standardError) });
                QVERIFY2(names(output.standardError, place.path), (place.path + ": ").c_str() + said(output));
            }
            check(place, before, output);
            QVERIFY2(QDir(QString::fromStdString(m_bundle->root())).isEmpty(), place.path.c_str());
            if (QTest::currentTestFailed())
                return;
        }
        QVERIFY2(leftovers().isEmpty(), qPrintable(leftovers().join(u'\n')));
    }

    PrivateHost m_host;
    Json m_document;
    std::vector<Place> m_places;
};

QTEST_GUILESS_MAIN(HullBadInputTest)
#include "hull_bad_input_test.moc"
