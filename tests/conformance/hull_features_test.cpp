// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hull_test.h"

#include <QRegularExpression>
#include <QSet>

#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <set>

using namespace twinhull;
using namespace twinhull::test;
using Json = nlohmann::json;

namespace {

using Kind = Json::value_t;

/// Every property of features.md and features-linux.md of runtime-spec 1.3, and of what kind it is.
const std::map<std::string, Kind> kProperties{ { "/ociVersionMin", Kind::string }, { "/ociVersionMax", Kind::string },
    { "/hooks", Kind::array }, { "/mountOptions", Kind::array }, { "/annotations", Kind::object },
    { "/potentiallyUnsafeConfigAnnotations", Kind::array }, { "/linux", Kind::object },
    { "/linux/namespaces", Kind::array }, { "/linux/capabilities", Kind::array }, { "/linux/cgroup", Kind::object },
    { "/linux/cgroup/v1", Kind::boolean }, { "/linux/cgroup/v2", Kind::boolean },
    { "/linux/cgroup/systemd", Kind::boolean }, { "/linux/cgroup/systemdUser", Kind::boolean },
    { "/linux/cgroup/rdma", Kind::boolean }, { "/linux/seccomp", Kind::object },
    { "/linux/seccomp/enabled", Kind::boolean }, { "/linux/seccomp/actions", Kind::array },
    { "/linux/seccomp/operators", Kind::array }, { "/linux/seccomp/archs", Kind::array },
    { "/linux/seccomp/knownFlags", Kind::array }, { "/linux/seccomp/supportedFlags", Kind::array },
    { "/linux/apparmor", Kind::object }, { "/linux/apparmor/enabled", Kind::boolean },
    { "/linux/selinux", Kind::object }, { "/linux/selinux/enabled", Kind::boolean },
    { "/linux/intelRdt", Kind::object }, { "/linux/intelRdt/enabled", Kind::boolean },
    { "/linux/intelRdt/schemata", Kind::boolean }, { "/linux/intelRdt/monitoring", Kind::boolean },
    { "/linux/memoryPolicy", Kind::object }, { "/linux/memoryPolicy/modes", Kind::array },
    { "/linux/memoryPolicy/flags", Kind::array }, { "/linux/mountExtensions", Kind::object },
    { "/linux/mountExtensions/idmap", Kind::object }, { "/linux/mountExtensions/idmap/enabled", Kind::boolean },
    { "/linux/netDevices", Kind::object }, { "/linux/netDevices/enabled", Kind::boolean } };

void eachObjectMember(
    const Json& value, const std::string& path, const std::function<void(const std::string&, const Json&)>& each)
{
    if (!value.is_object())
        return;
    for (const auto& [name, member] : value.items()) {
        each(path + "/" + name, member);
        if (path + "/" + name != "/annotations")
            eachObjectMember(member, path + "/" + name, each);
    }
}

} // namespace

/// `hull features`: the document of the specification, and that hull takes what it says it takes.
class HullFeaturesTest : public HullTest {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        setUp();
        if (!m_bundle)
            return;
        const auto output = m_bundle->hull({ "features" });
        QVERIFY2(output.exitStatus == 0 && output.standardError.empty(), said(output));
        m_features = Json::parse(output.standardOutput, nullptr, false);
        QVERIFY2(m_features.is_object(), said(output));
    }
    void cleanup() { tearDownClean(); }

    void holdsEveryPropertyInItsKind()
    {
        for (const auto& [path, kind] : kProperties) {
            const Json::json_pointer pointer(path);
            QVERIFY2(m_features.contains(pointer), path.c_str());
            QVERIFY2(m_features[pointer].type() == kind, path.c_str());
        }
    }

    void holdsNothingThatTheSpecificationDoesNotKnow()
    {
        eachObjectMember(m_features, {}, [](const std::string& path, const Json& value) {
            QVERIFY2(kProperties.count(path) == 1, path.c_str());
            if (value.is_array()) {
                for (const auto& element : value)
                    QVERIFY2(element.is_string(), path.c_str());
            }
        });
    }

    void writesNamesAsTheSchemaDoes()
    {
        const std::map<std::string, const char*> patterns{ { "/linux/capabilities", "^CAP_[A-Z_]+$" },
            { "/linux/seccomp/actions", "^SCMP_ACT_[A-Z_]+$" }, { "/linux/seccomp/operators", "^SCMP_CMP_[A-Z_]+$" },
            { "/linux/seccomp/archs", "^SCMP_ARCH_[A-Z0-9_]+$" },
            { "/linux/seccomp/knownFlags", "^SECCOMP_FILTER_FLAG_[A-Z_]+$" },
            { "/linux/memoryPolicy/modes", "^MPOL_[A-Z_]+$" }, { "/linux/memoryPolicy/flags", "^MPOL_F_[A-Z_]+$" },
            { "/linux/namespaces", "^(user|mount|pid|network|ipc|uts|cgroup|time)$" },
            { "/hooks", "^(prestart|createRuntime|createContainer|startContainer|poststart|poststop)$" },
            { "/mountOptions", "^[a-z]+$" } };
        for (const auto& [path, pattern] : patterns) {
            const QRegularExpression wanted(QString::fromLatin1(pattern));
            QSet<QString> seen;
            for (const auto& element : m_features[Json::json_pointer(path)]) {
                const auto name = QString::fromStdString(element.get<std::string>());
                QVERIFY2(wanted.match(name).hasMatch(), qPrintable(name));
                QVERIFY2(!seen.contains(name), qPrintable(name));
                seen.insert(name);
            }
            QVERIFY2(!seen.isEmpty(), path.c_str());
        }
        QCOMPARE(m_features["linux"]["namespaces"].size(), std::size_t{ 8 });
        QCOMPARE(m_features["hooks"].size(), std::size_t{ 6 });
        QVERIFY(m_features["annotations"]["io.github.seccomp.libseccomp-version"].get<std::string>()[0] == '2');
    }

    void warnsOfAnnotationsThatNameFilesOrProgramsOfTheHost()
    {
        const auto unsafe = m_features["potentiallyUnsafeConfigAnnotations"].get<std::set<std::string>>();
        for (const char* key : { "org.twinhull.rootfs.lower", "org.twinhull.rootfs.upper", "org.twinhull.rootfs.work",
                 "org.twinhull.rootfs.fuse" })
            QVERIFY2(unsafe.count(key) == 1, key);
    }

    void takesTheVersionsThatItNames()
    {
        for (const auto& version : { m_features["ociVersionMin"].get<std::string>(),
                 m_features["ociVersionMax"].get<std::string>(), std::string("1.0.2-dev"), std::string("1.99.0+x") }) {
            m_bundle->spec.ociVersion = version;
            const auto output = m_bundle->run("true");
            QVERIFY2(output.exitStatus == 0, said(output));
        }
    }

    void takesTheSeccompWordsThatItNames()
    {
        const auto& known = m_features["linux"]["seccomp"];
        auto& profile = m_bundle->spec.linux_.seccomp.emplace();
        profile.defaultAction = "SCMP_ACT_ALLOW";
        profile.architectures = known["archs"].get<std::vector<std::string>>();
        profile.flags = known["supportedFlags"].get<std::vector<std::string>>();
        std::uint64_t value = 0; // another for each: one condition cannot have two actions
        for (const auto& action : known["actions"]) {
            if (action == "SCMP_ACT_NOTIFY") // asks for an agent
                continue;
            for (const auto& op : known["operators"])
                profile.syscalls.push_back({ { "swapoff" }, action, {}, { { 0, ++value, value, op } } });
        }
        const auto output = m_bundle->run("true");
        QVERIFY2(output.exitStatus == 0 && output.standardError.empty(), said(output));
    }

    void takesTheCapabilitiesThatItNames()
    {
        m_bundle->spec.process->capabilities->bounding
            = m_features["linux"]["capabilities"].get<std::vector<std::string>>();
        m_bundle->spec.process->capabilities->bounding.push_back("CAP_OF_TOMORROW");
        const auto output = m_bundle->run("true");
        QCOMPARE(output.exitStatus, 0);
        QVERIFY2(output.standardError.find("CAP_OF_TOMORROW") != std::string::npos, said(output));
    }

private:
    Json m_features;
};

QTEST_GUILESS_MAIN(HullFeaturesTest)
#include "hull_features_test.moc"
