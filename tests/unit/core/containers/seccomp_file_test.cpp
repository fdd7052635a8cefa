// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/seccomp_file.h"

#include "core/base/files.h"
#include "core/oci/runtime_spec.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

#include <algorithm>

using namespace twinhull;

namespace {

SeccompGround ground(std::vector<std::string> capabilities = {})
{
    return { std::move(capabilities), "amd64", 5, 10 };
}

constexpr const char* kEngineProfile = R"({
 "defaultAction": "SCMP_ACT_ERRNO",
 "archMap": [{ "architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"] },
             { "architecture": "SCMP_ARCH_AARCH64", "subArchitectures": ["SCMP_ARCH_ARM"] }],
 "syscalls": [
  { "names": ["read"], "action": "SCMP_ACT_ALLOW", "args": null, "comment": "x", "includes": {}, "excludes": {} },
  { "names": ["mount"], "action": "SCMP_ACT_ALLOW", "includes": { "caps": ["CAP_SYS_ADMIN"] } },
  { "names": ["clone"], "action": "SCMP_ACT_ALLOW", "excludes": { "caps": ["CAP_SYS_ADMIN"] } },
  { "names": ["arm_sync_file_range"], "action": "SCMP_ACT_ALLOW", "includes": { "arches": ["arm64"] } },
  { "names": ["ptrace"], "action": "SCMP_ACT_ALLOW", "includes": { "minKernel": "4.8" } },
  { "names": ["openat2"], "action": "SCMP_ACT_ALLOW", "includes": { "minKernel": "5.11" } },
  { "names": ["s390_runtime_instr"], "action": "SCMP_ACT_ALLOW", "excludes": { "arches": ["amd64"] } }]
})";

bool allows(const oci::Seccomp& profile, const std::string& call)
{
    return std::any_of(profile.syscalls.begin(), profile.syscalls.end(), [&call](const oci::SeccompRule& rule) {
        return std::find(rule.names.begin(), rule.names.end(), call) != rule.names.end();
    });
}

} // namespace

class SeccompFileTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void leavesARuntimeProfileAsItIs()
    {
        const std::string text = R"({"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mount"],)"
                                 R"("action":"SCMP_ACT_ERRNO","args":[{"index":0,"value":18446744073709551615,)"
                                 R"("op":"SCMP_CMP_EQ"}]}]})";
        const auto profile = runtimeSeccompProfile(text, "p.json", ground());
        QVERIFY2(profile, profile ? "" : profile.error().message.c_str());
        QCOMPARE(*profile, text);
    }

    void resolvesTheConditionsOfAnEnginesProfile()
    {
        const auto plain = resolved(ground());
        QVERIFY(allows(plain, "read") && allows(plain, "clone") && allows(plain, "ptrace"));
        QVERIFY(!allows(plain, "mount") && !allows(plain, "openat2"));
        QVERIFY(!allows(plain, "arm_sync_file_range") && !allows(plain, "s390_runtime_instr"));
        QCOMPARE(plain.architectures, (std::vector<std::string>{ "SCMP_ARCH_X86_64", "SCMP_ARCH_X86" }));
        const auto strong = resolved(ground({ "CAP_SYS_ADMIN" }));
        QVERIFY(allows(strong, "mount") && !allows(strong, "clone"));
    }

    void refusesWhatIsNoProfile_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("no JSON") << QByteArray("seccomp");
        QTest::newRow("a list") << QByteArray("[]");
        QTest::newRow("unknown action") << QByteArray(R"({"defaultAction":"SCMP_ACT_MAYBE"})");
        QTest::newRow("a rule without names") << QByteArray(
            R"({"defaultAction":"SCMP_ACT_ALLOW","archMap":[],"syscalls":[{"action":"SCMP_ACT_ERRNO"}]})");
    }

    void refusesWhatIsNoProfile()
    {
        QFETCH(QByteArray, text);
        const auto profile = runtimeSeccompProfile(text.toStdString(), "p.json", ground());
        QVERIFY(!profile);
        QVERIFY2(profile.error().message.find("p.json") != std::string::npos, profile.error().message.c_str());
    }

    void readsOnlyRegularFilesOfSomeSize()
    {
        const QTemporaryDir folder;
        const auto path = [&folder](const char* name) { return folder.filePath(QLatin1String(name)).toStdString(); };
        QVERIFY(writeFileAtomically(path("good"), R"({"defaultAction":"SCMP_ACT_ALLOW"})"));
        QVERIFY(readSeccompProfile(path("good"), {}));
        QVERIFY(writeFileAtomically(path("large"), std::string(600U << 10U, ' ')));
        QVERIFY(!readSeccompProfile(path("large"), {}));
        QCOMPARE(::mkfifo(path("fifo").c_str(), 0600), 0);
        QVERIFY(!readSeccompProfile(path("fifo"), {})); // and does not wait for a writer
        QVERIFY(!readSeccompProfile(path("gone"), {}));
        QVERIFY(!readSeccompProfile("/dev/zero", {}));
    }

private:
    static oci::Seccomp resolved(const SeccompGround& on)
    {
        const auto text = runtimeSeccompProfile(kEngineProfile, "p.json", on);
        const auto profile = text ? oci::decodeSeccomp(*text) : Result<oci::Seccomp>(text.error());
        if (!profile)
            qWarning("%s", profile.error().message.c_str());
        return profile ? *profile : oci::Seccomp();
    }
};

QTEST_GUILESS_MAIN(SeccompFileTest)
#include "seccomp_file_test.moc"
