// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/container_change.h"

#include "core/base/files.h"
#include "core/containers/bundle_writer.h"
#include "core/oci/runtime_spec.h"
#include "tests/support/temporary_world.h"

#include <QTest>

using namespace twinhull;
using namespace twinhull::test;

namespace {

constexpr std::uint64_t kMebibyte = 1U << 20U;

} // namespace

/// With a program in hull's place that keeps the words it is given and what it reads, for the limits of a container
/// that seems to run.
class ContainerChangeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_world = std::make_unique<TemporaryWorld>();
        QVERIFY(m_world->isValid());
        ContainerSettings settings;
        settings.id = "0123456789abcdef";
        settings.name = "web";
        settings.memoryBytes = 256 * kMebibyte;
        settings.fineLimits.memoryAndSwapBytes = 512 * kMebibyte;
        QVERIFY(makeFolders(folder().path()));
        QVERIFY(makeFolders(folder().runtimePath() + "/hull/" + folder().id()));
        QVERIFY(writeFileAtomically(folder().settingsPath(), encodeContainerSettings(settings)));
        auto spec = oci::defaultRuntimeSpec();
        QVERIFY(setLimits(settings, spec.linux_.resources));
        QVERIFY(writeFileAtomically(folder().configPath(), oci::encodeRuntimeSpec(spec)));
    }

    void keepsTheSwapBeyondTheMemory()
    {
        program("");
        WorkloadChange change;
        change.memoryBytes = 1024 * kMebibyte;
        const auto updated = update(change);
        QVERIFY2(updated, updated ? "" : updated.error().toLine().c_str());
        QCOMPARE(settings().memoryBytes, std::optional(1024 * kMebibyte));
        QCOMPARE(settings().fineLimits.memoryAndSwapBytes, std::optional(std::int64_t(1280 * kMebibyte)));
        QCOMPARE(resources().memorySwapBytes, std::optional(std::int64_t(1280 * kMebibyte)));
        QVERIFY2(words().contains(
                     "update --resources - 0123456789abcdef {\"memory\":{\"limit\":1073741824,\"swap\":1342177280}}"),
            words().constData());
        change.memoryBytes = 0;
        QVERIFY(update(change));
        QVERIFY(!settings().memoryBytes && !settings().fineLimits.memoryAndSwapBytes);
        QVERIFY(!resources().memorySwapBytes);
        QVERIFY2(words().contains("{\"memory\":{\"limit\":-1,\"swap\":-1}}"), words().constData());
    }

    /// The second file cannot be written: what runs has its old limits again, and so has the first file.
    void putsTheOldLimitsBack()
    {
        program("[ -d '" + folder().settingsPath() + "' ] || { mv '" + folder().settingsPath() + "' '" + folder().path()
            + "/old'; mkdir '" + folder().settingsPath() + "'; }\n");
        WorkloadChange change;
        change.memoryBytes = 64 * kMebibyte;
        const auto updated = update(change);
        QVERIFY(!updated);
        const auto lines = words().split('\n');
        QVERIFY2(
            lines.size() == 3 && lines[0].contains("\"limit\":67108864,") && lines[1].contains("\"limit\":268435456,"),
            words().constData());
        QCOMPARE(resources().memoryLimitBytes, std::optional(std::int64_t(256 * kMebibyte)));
    }

    /// Nobody knows which of the limits it had set.
    void putsTheOldLimitsBackWhereHullWasKilled()
    {
        const std::string mark = place("killed");
        program("[ -e '" + mark + "' ] || { : > '" + mark + "'; kill -KILL $$; }\n");
        WorkloadChange change;
        change.memoryBytes = 64 * kMebibyte;
        const auto updated = update(change);
        QVERIFY(!updated);
        QVERIFY2(updated.error().message.find("ended by signal 9") != std::string::npos
                && updated.error().message.find("did not come back") == std::string::npos,
            updated.error().message.c_str());
        const auto lines = words().split('\n');
        QVERIFY2(
            lines.size() == 3 && lines[0].contains("\"limit\":67108864,") && lines[1].contains("\"limit\":268435456,"),
            words().constData());
        QCOMPARE(resources().memoryLimitBytes, std::optional(std::int64_t(256 * kMebibyte)));
        QCOMPARE(settings().memoryBytes, std::optional(256 * kMebibyte));
    }

    /// It has said why, and put back what it had set.
    void leavesToHullWhatItRefuses()
    {
        program("echo 'no room for it' >&2; exit 1\n");
        WorkloadChange change;
        change.memoryBytes = 64 * kMebibyte;
        const auto updated = update(change);
        QVERIFY(!updated);
        QVERIFY2(
            updated.error().message.find("hull: no room for it") != std::string::npos, updated.error().message.c_str());
        QCOMPARE(words().count('\n'), 1);
        QCOMPARE(settings().memoryBytes, std::optional(256 * kMebibyte));
    }

private:
    ContainerFolder folder() const { return ContainerFolder(m_world->folders(), "0123456789abcdef"); }
    ContainerSettings settings() const { return *folder().readSettings(); }
    oci::Resources resources() const
    {
        return oci::decodeRuntimeSpec(*readFile(folder().configPath(), oci::kConfigLimitBytes))->linux_.resources;
    }
    std::string place(const char* name) const { return m_world->path(QLatin1String(name)).toStdString(); }
    QByteArray words() const { return QByteArray::fromStdString(*readFile(place("words"), 1U << 20U)); }
    void program(const std::string& body)
    {
        QVERIFY(writeFileAtomically(
            place("hull"), "#!/bin/sh\necho \"$@ $(tr -d ' \\n')\" >> '" + place("words") + "'\n" + body));
        QFile::setPermissions(QString::fromStdString(place("hull")), QFile::ReadOwner | QFile::ExeOwner);
    }
    Result<> update(const WorkloadChange& change)
    {
        ContainerPrograms programs;
        programs.hull = place("hull");
        return updateContainer(m_world->folders(), folder(), programs, change);
    }

    std::unique_ptr<TemporaryWorld> m_world;
};

QTEST_GUILESS_MAIN(ContainerChangeTest)
#include "container_change_test.moc"
