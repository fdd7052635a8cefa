// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/cgroups/limits_before.h"

#include "core/base/files.h"
#include "core/runtime/cgroups/cgroup_limits.h"
#include "core/runtime/cgroups/systemd/scope_unit.h"

#include <QTemporaryDir>
#include <QTest>

#include <cerrno>
#include <unistd.h>

using namespace twinhull;
using namespace twinhull::runtime;

/// In a folder that looks like a cgroup; its files take what is written over what they had, so values are as long.
class LimitsBeforeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void putsBackWhatWasWrittenBeforeTheThirdRefused()
    {
        put("memory.max", "67108864\n");
        put("memory.low", "33554432\n");
        put("cpu.weight", "39\n");
        put("pids.max", "20\n");
        oci::Resources resources;
        resources.memoryLimitBytes = 33'554'432;
        resources.memoryReservationBytes = 16'777'216;
        resources.cpuShares = 2'048;
        resources.cpus = "0"; // there is no such file
        resources.pidsLimit = 10;
        const LimitsBefore before(path(), resources);
        auto done = setLimits(path(), resources);
        QVERIFY(!done);
        QCOMPARE(text("memory.low"), std::string("16777216\n"));
        QCOMPARE(text("cpu.weight"), std::string("79\n"));
        const Error error = before.undo(std::move(done).error());
        QCOMPARE(text("memory.max"), std::string("67108864\n"));
        QCOMPARE(text("memory.low"), std::string("33554432\n"));
        QCOMPARE(text("cpu.weight"), std::string("39\n"));
        QCOMPARE(text("pids.max"), std::string("20\n"));
        QVERIFY2(error.message.find("cpuset.cpus") != std::string::npos, error.message.c_str());
        QVERIFY2(error.message.find("; put back as it was: memory.low, cpu.weight") != std::string::npos,
            error.message.c_str());
    }

    /// In systemd's words, too: those that it was told, and no others.
    void knowsWhatSystemdIsToGetAgain()
    {
        put("memory.max", "max\n");
        put("cpu.max", "max 100000\n");
        put("cpuset.cpus", "\n");
        put("io.weight", "default 100\n8:16 200\n");
        put("pids.max", "20\n");
        oci::Resources resources;
        resources.memoryLimitBytes = 33'554'432;
        resources.cpuQuotaMicroseconds = 5'000;
        resources.cpuPeriodMicroseconds = 10'000;
        resources.cpus = "0";
        resources.ioWeight = 500;
        const auto properties = sameProperties(resources, LimitsBefore(path(), resources).resources());
        QVERIFY(properties);
        std::map<std::string, std::uint64_t> numbers;
        for (const auto& property : *properties) {
            if (const auto* number = std::get_if<std::uint64_t>(&property.value))
                numbers[property.name] = *number;
            else
                QVERIFY((property.name == "AllowedCPUs"
                    && property.value == UnitProperty{ {}, UnitProperty::Bytes{} }.value)); // any
        }
        const std::map<std::string, std::uint64_t> expected{ { "MemoryMax", UINT64_MAX },
            { "CPUQuotaPerSecUSec", UINT64_MAX }, { "CPUQuotaPeriodUSec", 100'000 }, { "IOWeight", 100 } };
        QVERIFY(numbers == expected);
        QCOMPARE(properties->size(), expected.size() + 1);
    }

    void saysNothingWhereNothingWasChanged()
    {
        put("memory.max", "67108864\n");
        const LimitsBefore before(path(), {});
        QCOMPARE(before.undo(Error{ ErrorCode::Io, "no", 0, {} }).message, std::string("no"));
    }

    void saysWhatStaysOther()
    {
        put("misc.max", "first 1\n");
        oci::Resources resources;
        resources.unified["misc.max"] = "other 2";
        const LimitsBefore before(path(), resources);
        QVERIFY(setLimits(path(), resources));
        put("misc.max", "something that is longer than it was\n");
        const auto files = before.putBack();
        QVERIFY(files.restored.empty());
        QCOMPARE(files.lost, std::vector<std::string>{ "misc.max" });
    }

    void takesNoSwapForUnlimitedWhereTheKernelHasNone()
    {
        oci::Resources resources;
        resources.unified["memory.swap.max"] = "max";
        QVERIFY(setLimits(path(), resources));
        resources.unified["memory.swap.max"] = "5";
        QVERIFY(!setLimits(path(), resources));
    }

    /// What they end does not come back with the limit: all that may refuse goes before.
    void writesMemoryLast()
    {
        for (const char* file : { "memory.max", "memory.swap.max", "memory.low" })
            put(file, "");
        oci::Resources resources;
        resources.memoryLimitBytes = 1000;
        resources.memorySwapBytes = 2000;
        resources.memoryReservationBytes = 300;
        resources.unified = { { "memory.max", "900" }, { "zoo.max", "1" } }; // there is no such file
        QVERIFY(!setLimits(path(), resources));
        QCOMPARE(text("memory.low"), std::string("300"));
        QCOMPARE(text("memory.max") + text("memory.swap.max"), std::string());
        resources.unified.erase("zoo.max");
        QVERIFY(setLimitsButMemory(path(), resources));
        QCOMPARE(text("memory.max") + text("memory.swap.max"), std::string());
        resources.unified["memory.max"] = "9000";
        QVERIFY(setLimits(path(), resources));
        QCOMPARE(text("memory.max") + text("memory.swap.max"), std::string("90001000"));
    }

    /// 0 is what cgroup v1 had for none; an empty text is a blank line, because a write of nothing does nothing.
    void writesWhatTakesALimitAway()
    {
        put("io.max", std::string(20, ' '));
        put("cpuset.cpus", "3");
        oci::Resources resources;
        resources.writesPerSecond = { { 8, 16, 0 } };
        resources.unified["cpuset.cpus"] = "";
        QVERIFY(setLimits(path(), resources));
        QVERIFY2(text("io.max").rfind("8:16 wiops=max", 0) == 0, text("io.max").c_str());
        QCOMPARE(text("cpuset.cpus"), std::string("\n"));
    }

    /// The kernel does not take a set away from processes; /dev/full refuses in the same words.
    void givesAllThereIsWhereASetCannotBeTakenAway()
    {
        const std::string group = path() + "/group";
        QVERIFY(makeFolders(group));
        put("cpuset.cpus.effective", "0-3\n");
        QCOMPARE(::symlink("/dev/full", (group + "/cpuset.cpus").c_str()), 0);
        QCOMPARE(::symlink("/dev/full", (group + "/cpuset.mems").c_str()), 0);
        const auto given = emptyControl(group, "cpuset.cpus");
        QVERIFY(!given);
        QVERIFY2(given.error().message.find("write 0-3") != std::string::npos, given.error().message.c_str());
        const auto unknown = emptyControl(group, "cpuset.mems"); // nobody says which there are
        QVERIFY(!unknown && unknown.error().sysErrno == ENOSPC);
    }

    void takesAllThereIsForNone()
    {
        const std::string group = path() + "/group";
        QVERIFY(makeFolders(group) && writeFileAtomically(group + "/cpuset.cpus", "\n"));
        put("cpuset.cpus.effective", "0-3\n");
        const LimitsBefore before(group, {});
        QVERIFY(writeFileAtomically(group + "/cpuset.cpus", "0-3\n"));
        const auto same = before.putBack();
        QVERIFY(same.restored.empty() && same.lost.empty());
        QVERIFY(writeFileAtomically(group + "/cpuset.cpus", "0")); // one byte: a blank line takes its place in any file
        const auto other = before.putBack();
        QCOMPARE(other.restored, std::vector<std::string>{ "cpuset.cpus" });
        QVERIFY(other.lost.empty());
    }

private:
    std::string path() const { return m_folder->path().toStdString(); }
    std::string text(const char* name) const { return *readFile(path() + "/" + name, 4096); }
    void put(const char* name, const std::string& what) const
    {
        QVERIFY(writeFileAtomically(path() + "/" + name, what));
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(LimitsBeforeTest)
#include "limits_before_test.moc"
