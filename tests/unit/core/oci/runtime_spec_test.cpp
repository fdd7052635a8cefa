// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/runtime_spec.h"

#include <QTest>

using namespace twinhull;
using namespace twinhull::oci;

namespace {

std::string messageOf(const std::string& json)
{
    auto spec = decodeRuntimeSpec(json);
    return spec ? std::string() : spec.error().message;
}

std::string withRoot(const std::string& members)
{
    return R"({"ociVersion":"1.3.0","root":{"path":"r"},)" + members + "}";
}

std::string withLinux(const std::string& members)
{
    return withRoot(R"("linux":{)" + members + "}");
}

std::string withResources(const std::string& members)
{
    return withLinux(R"("resources":{)" + members + "}");
}

std::string withSeccomp(const std::string& members)
{
    return withLinux(R"("seccomp":{"defaultAction":"SCMP_ACT_ALLOW",)" + members + "}");
}

std::string withProcess(const std::string& members)
{
    return withRoot(R"("process":{)" + members + "}");
}

} // namespace

class RuntimeSpecTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void decodesBackWhatItEncodes()
    {
        RuntimeSpec spec = defaultRuntimeSpec();
        spec.linux_.netDevices = { { "eth7", "wan0" }, { "eth8", "eth8" } };
        spec.linux_.uidMappings = { { 0, 1000, 1 }, { 1, 100000, 65535 } };
        spec.linux_.resources.memoryLimitBytes = 64 << 20;
        spec.linux_.resources.pidsLimit = 50;
        spec.linux_.sysctl["net.ipv4.ip_forward"] = "1";
        spec.linux_.devices = { { "/dev/fuse", 'c', 10, 229, 0666, 0, 0 } };
        spec.linux_.seccomp = Seccomp{ "SCMP_ACT_ERRNO", 1, { "SCMP_ARCH_X86_64" }, {},
            { { { "read", "write" }, "SCMP_ACT_ALLOW", {}, { { 0, 1, 0, "SCMP_CMP_EQ" } } } } };
        spec.linux_.namespaces.push_back({ NamespaceKind::Time, {} });
        spec.linux_.timeOffsets = { { "boottime", { -5, 1 } }, { "monotonic", { 86400, 0 } } };
        spec.linux_.resources.mems = "0";
        spec.linux_.resources.ioWeight = 100;
        spec.linux_.resources.writesPerSecond = { { 8, 0, 5 } };
        spec.linux_.resources.unified["memory.high"] = "1M";
        spec.hooks.createRuntime = { { "/bin/hook", { "hook", "-v" }, { "A=b" }, 7 } };
        spec.hooks.poststop = { { "/bin/other", {}, {}, {} } };
        spec.process->apparmorProfile = "docker-default";
        spec.process->scheduler = Scheduler{ "SCHED_DEADLINE", 0, 0, { "SCHED_FLAG_RESET_ON_FORK" }, 1, 2, 3 };
        spec.process->ioPriority = IoPriority{ "IOPRIO_CLASS_BE", 6 };
        spec.process->execCpuAffinity = ExecCpuAffinity{ "0-1", "1" };
        spec.linux_.personality = Personality{ "LINUX32" };
        spec.linux_.memoryPolicy = MemoryPolicy{ "MPOL_BIND", "0", { "MPOL_F_STATIC_NODES" } };
        spec.linux_.mountLabel = "system_u:object_r:container_file_t:s0:c1,c2";
        spec.linux_.rootfsPropagation = "rslave";
        spec.mounts.push_back({ "/data", "bind", "/srv", { "ridmap" }, { { 0, 5, 1 } }, { { 0, 6, 1 } } });
        spec.annotations[std::string(kAnnotationLower)] = "/a:/b";
        const std::string text = encodeRuntimeSpec(spec);
        auto again = decodeRuntimeSpec(text);
        QVERIFY2(again, again ? "" : again.error().message.c_str());
        QCOMPARE(encodeRuntimeSpec(*again), text);
        QCOMPARE(again->linux_.uidMappings.at(1).size, 65535U);
        QCOMPARE(again->linux_.seccomp->syscalls.at(0).args.at(0).value, std::uint64_t{ 1 });
        QCOMPARE(again->hooks.createRuntime.at(0).timeoutSeconds, std::optional<std::int64_t>(7));
        QCOMPARE(again->hooks.poststop.at(0).path, std::string("/bin/other"));
        QCOMPARE(again->linux_.timeOffsets.at("boottime").seconds, std::int64_t{ -5 });
        QCOMPARE(again->linux_.resources.unified.at("memory.high"), std::string("1M"));
        QCOMPARE(again->process->apparmorProfile, std::string("docker-default"));
        QVERIFY(again->ignored.empty());
        QVERIFY(again->linux_.netDevices == spec.linux_.netDevices);
        QCOMPARE(again->process->scheduler->periodNanoseconds, std::uint64_t{ 3 });
        QCOMPARE(again->process->ioPriority->priority, 6);
        QCOMPARE(again->process->execCpuAffinity->final_, std::string("1"));
        QCOMPARE(again->linux_.personality->domain, std::string("LINUX32"));
        QCOMPARE(again->linux_.memoryPolicy->flags.size(), std::size_t{ 1 });
        QCOMPARE(again->linux_.mountLabel, spec.linux_.mountLabel);
        QCOMPARE(again->mounts.back().gidMappings.at(0).hostId, 6U);
    }

    void namesThePlaceOfAWrongType_data()
    {
        QTest::addColumn<QString>("json");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* name, const std::string& json, const char* message) {
            QTest::newRow(name) << QString::fromStdString(json) << QString::fromLatin1(message);
        };
        row("args", withProcess(R"("args":"sh")"),
            "config.json: process.args: expected an array of strings, found a string");
        row("args element", withProcess(R"("args":["sh",1])"),
            "config.json: process.args[1]: expected a string, found a number");
        row("no args", withProcess(R"("cwd":"/")"),
            "config.json: process.args: expected an array of strings with the program first");
        row("uid", withProcess(R"("args":["sh"],"user":{"uid":-1})"),
            "config.json: process.user.uid: expected a number from 0 to 4294967295, found -1");
        row("uid text", withProcess(R"("args":["sh"],"user":{"uid":"0"})"),
            "config.json: process.user.uid: expected a whole number, found a string");
        row("cwd", withProcess(R"("args":["sh"],"cwd":"tmp")"),
            "config.json: process.cwd: expected an absolute path, found \"tmp\"");
        row("mount options", withRoot(R"("mounts":[{"destination":"/a"},{"destination":"/b","options":"ro"}])"),
            "config.json: mounts[1].options: expected an array of strings, found a string");
        row("namespace", withRoot(R"("linux":{"namespaces":[{"type":"pidd"}]})"),
            "config.json: linux.namespaces[0].type: unknown namespace \"pidd\"");
        row("namespace twice", withRoot(R"("linux":{"namespaces":[{"type":"pid"},{"type":"pid"}]})"),
            "config.json: linux.namespaces[1].type: the namespace pid is named twice");
        row("hook without a path", withRoot(R"("hooks":{"poststop":[{"args":["x"]}]})"),
            "config.json: hooks.poststop[0].path: expected an absolute path, found \"\"");
        row("hook's timeout", withRoot(R"("hooks":{"prestart":[{"path":"/x","timeout":0}]})"),
            "config.json: hooks.prestart[0].timeout: expected a number above 0");
        row("I/O weight", withRoot(R"("linux":{"resources":{"blockIO":{"weight":5}}})"),
            "config.json: linux.resources.blockIO.weight: expected a number from 10 to 1000");
        row("default action", withSeccomp(R"("defaultAction":"SCMP_ACT_NOTIFY","listenerPath":"/s")"),
            "config.json: linux.seccomp.defaultAction: expected another action: SCMP_ACT_NOTIFY is for rules");
        row("no listener", withSeccomp(R"("syscalls":[{"names":["read"],"action":"SCMP_ACT_NOTIFY"}])"),
            "config.json: linux.seccomp.listenerPath: expected the path of an agent's socket: SCMP_ACT_NOTIFY asks for "
            "one");
        row("listener", withSeccomp(R"("listenerPath":"run/agent")"),
            "config.json: linux.seccomp.listenerPath: expected an absolute path, found \"run/agent\"");
        row("metadata without a listener", withSeccomp(R"("listenerMetadata":"x")"),
            "config.json: linux.seccomp.listenerMetadata: expected nothing where no listenerPath is");
        row("page size", withResources(R"("hugepageLimits":[{"pageSize":"../x","limit":1}])"),
            "config.json: linux.resources.hugepageLimits[0].pageSize: expected a size as in 2MB");
        row("RDMA", withResources(R"("rdma":{"mlx5_0":{"hcaHandles":-1}})"),
            "config.json: linux.resources.rdma.mlx5_0.hcaHandles: expected a number from 0 to 4294967295, found "
            "-1");
        row("idle", withResources(R"("cpu":{"idle":2})"), "config.json: linux.resources.cpu.idle: expected 0 or 1");
        row("device's weight", withResources(R"("blockIO":{"weightDevice":[{"major":8,"minor":0,"weight":1}]})"),
            "config.json: linux.resources.blockIO.weightDevice[0].weight: expected a number from 10 to 1000");
        row("clock", withRoot(R"("linux":{"timeOffsets":{"monotonic":{"nanosecs":1000000000}}})"),
            "config.json: linux.timeOffsets.monotonic.nanosecs: expected less than a second");
        row("no version", R"({"root":{"path":"r"}})", "config.json: ociVersion: expected a version 1.x, found \"\"");
        row("no folder", withProcess(R"("args":["sh"])"),
            "config.json: process.cwd: expected an absolute path, found \"\"");
        row("version", R"({"ociVersion":"2.0.0","root":{"path":"r"}})",
            "config.json: ociVersion: expected a version 1.x, found \"2.0.0\"");
        row("scheduler", withProcess(R"("args":["sh"],"scheduler":{"policy":"SCHED_FAST"})"),
            "config.json: process.scheduler.policy: expected SCHED_OTHER, SCHED_FIFO, SCHED_RR, SCHED_BATCH, "
            "SCHED_ISO, "
            "SCHED_IDLE or SCHED_DEADLINE, found \"SCHED_FAST\"");
        row("nice", withProcess(R"("args":["sh"],"scheduler":{"policy":"SCHED_OTHER","nice":20})"),
            "config.json: process.scheduler.nice: expected a number from -20 to 19");
        row("I/O priority", withProcess(R"("args":["sh"],"ioPriority":{"class":"IOPRIO_CLASS_BE","priority":8})"),
            "config.json: process.ioPriority.priority: expected a number from 0 to 7");
        row("affinity", withProcess(R"("args":["sh"],"execCPUAffinity":{"final":"3-1"})"),
            "config.json: process.execCPUAffinity.final: expected a list of numbers as in \"0-3,7\", found \"3-1\"");
        row("umask", withProcess(R"("args":["sh"],"user":{"umask":512})"),
            "config.json: process.user.umask: expected a number from 0 to 511 (0777)");
        row("limit twice", withProcess(R"("args":["sh"],"rlimits":[{"type":"RLIMIT_CPU"},{"type":"RLIMIT_CPU"}])"),
            "config.json: process.rlimits[1].type: the limit \"RLIMIT_CPU\" is named twice");
        row("one mapping only", withRoot(R"("mounts":[{"destination":"/a","uidMappings":[{"size":1}]}])"),
            "config.json: mounts[0].uidMappings: expected together with gidMappings, or neither");
        row("personality", withRoot(R"("linux":{"personality":{"domain":"BSD"}})"),
            "config.json: linux.personality.domain: expected LINUX or LINUX32, found \"BSD\"");
        row("memory policy", withRoot(R"("linux":{"memoryPolicy":{"mode":"MPOL_BIND","nodes":"x"}})"),
            "config.json: linux.memoryPolicy.nodes: expected a list of numbers as in \"0-3,7\", found \"x\"");
        row("resctrl", withRoot(R"("linux":{"intelRdt":{"closID":"a"}})"),
            "config.json: linux.intelRdt: hull does not divide caches and memory bandwidth (resctrl); leave it out");
        row("devices of the host's network", withLinux(R"("netDevices":{"eth0":{}})"),
            "config.json: linux.netDevices: the container has the host's network: add {\"type\": \"network\"} to "
            "linux.namespaces");
        row("a network device's long name", withLinux(R"("netDevices":{"eth0":{"name":"abcdefghijklmnop"}})"),
            "config.json: linux.netDevices.eth0.name: expected a network device's name of 1 to 15 bytes, without / : "
            "space");
        row("a network device's two numbers", withLinux(R"("netDevices":{"eth0":{"name":"%d%d"}})"),
            "config.json: linux.netDevices.eth0.name: expected a network device's name of 1 to 15 bytes, without / : "
            "space");
        row("a network device by a path", withLinux(R"("netDevices":{"../x":{}})"),
            "config.json: linux.netDevices.../x: expected the name of a network device: 1 to 15 bytes, no / : % space");
        row("two network devices of one name", withLinux(R"("netDevices":{"a":{"name":"b"},"b":{}})"),
            "config.json: linux.netDevices.b.name: the name \"b\" is given to a already");
        row("hostname of the host", withRoot(R"("hostname":"a")"),
            "config.json: hostname: it needs {\"type\": \"uts\"} in linux.namespaces");
        row("domainname of the host", withRoot(R"("domainname":"a")"),
            "config.json: domainname: it needs {\"type\": \"uts\"} in linux.namespaces");
        row("annotation without a name", withRoot(R"("annotations":{"":"x"})"),
            "config.json: annotations: expected names that are not empty");
        row("relative namespace", withLinux(R"("namespaces":[{"type":"pid","path":"ns/pid"}])"),
            "config.json: linux.namespaces[0].path: expected an absolute path, found \"ns/pid\"");
        row("mapping of nothing", withLinux(R"("uidMappings":[{"containerID":0,"hostID":0,"size":0}])"),
            "config.json: linux.uidMappings[0].size: expected a number above 0");
        row("device without a number", withLinux(R"("devices":[{"type":"c","path":"/dev/x","major":1}])"),
            "config.json: linux.devices[0].minor: expected a number from 0 to 1048575");
        row("device's large number", withLinux(R"("devices":[{"type":"b","path":"/dev/x","major":4096,"minor":0}])"),
            "config.json: linux.devices[0].major: expected a number from 0 to 4095");
        row("masked relative path", withLinux(R"("maskedPaths":["/a","b"])"),
            "config.json: linux.maskedPaths[1]: expected an absolute path, found \"b\"");
        row("read-only relative path", withLinux(R"("readonlyPaths":[""])"),
            "config.json: linux.readonlyPaths[0]: expected an absolute path, found \"\"");
        row("unknown clock", withLinux(R"("namespaces":[{"type":"time"}],"timeOffsets":{"realtime":{"secs":1}})"),
            "config.json: linux.timeOffsets.realtime: expected a clock named monotonic or boottime");
        row("clock of the host", withLinux(R"("timeOffsets":{"monotonic":{"secs":1}})"),
            "config.json: linux.timeOffsets: the container has the host's clocks: add {\"type\": \"time\"} to "
            "linux.namespaces");
        row("unknown limit", withProcess(R"("args":["sh"],"rlimits":[{"type":"RLIMIT_LUCK"}])"),
            "config.json: process.rlimits[0].type: expected RLIMIT_AS, RLIMIT_CORE, RLIMIT_CPU, RLIMIT_DATA, "
            "RLIMIT_FSIZE, RLIMIT_LOCKS, RLIMIT_MEMLOCK, RLIMIT_MSGQUEUE, RLIMIT_NICE, RLIMIT_NOFILE, RLIMIT_NPROC, "
            "RLIMIT_RSS, RLIMIT_RTPRIO, RLIMIT_RTTIME, RLIMIT_SIGPENDING or RLIMIT_STACK, found \"RLIMIT_LUCK\"");
        row("neither weight", withResources(R"("blockIO":{"weightDevice":[{"major":8,"minor":0}]})"),
            "config.json: linux.resources.blockIO.weightDevice[0]: expected weight, leafWeight or both");
        row("neither RDMA limit", withResources(R"("rdma":{"mlx5_0":{}})"),
            "config.json: linux.resources.rdma.mlx5_0: expected hcaHandles, hcaObjects or both");
        row("number for an action without",
            withSeccomp(R"("syscalls":[{"names":["a"],"action":"SCMP_ACT_ALLOW",)"
                        R"("errnoRet":1}])"),
            "config.json: linux.seccomp.syscalls[0].errnoRet: the action \"SCMP_ACT_ALLOW\" takes no number");
        row("default number without its action", withSeccomp(R"("defaultErrnoRet":1)"),
            "config.json: linux.seccomp.defaultErrnoRet: the action \"SCMP_ACT_ALLOW\" takes no number");
        row("rule for no call", withSeccomp(R"("syscalls":[{"names":[],"action":"SCMP_ACT_ALLOW"}])"),
            "config.json: linux.seccomp.syscalls[0].names: expected at least one name of a system call");
        row("seccomp flag", withSeccomp(R"("flags":["SECCOMP_FILTER_FLAG_LOG","X"])"),
            "config.json: linux.seccomp.flags[1]: expected SECCOMP_FILTER_FLAG_LOG, SECCOMP_FILTER_FLAG_SPEC_ALLOW, "
            "SECCOMP_FILTER_FLAG_TSYNC or SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, found \"X\"");
        row("seccomp operator",
            withSeccomp(
                R"("syscalls":[{"names":["a"],"action":"SCMP_ACT_LOG","args":[{"index":0,"value":0,"op":"="}]}])"),
            "config.json: linux.seccomp.syscalls[0].args[0].op: expected SCMP_CMP_NE, SCMP_CMP_LT, SCMP_CMP_LE, "
            "SCMP_CMP_EQ, SCMP_CMP_GE, SCMP_CMP_GT or SCMP_CMP_MASKED_EQ, found \"=\"");
        row("rootfsPropagation", withRoot(R"("linux":{"rootfsPropagation":"rpublic"})"),
            "config.json: linux.rootfsPropagation: expected private, slave, shared or unbindable, or one of them after "
            "an r");
        row("no root", R"({"ociVersion":"1.3.0","process":{"args":["sh"],"cwd":"/"}})",
            "config.json: root: missing; a container needs a root file system");
        row("not json", "{", "config.json: not valid JSON");
        row("not an object", "[]", "config.json: expected an object");
    }
    void namesThePlaceOfAWrongType()
    {
        QFETCH(QString, json);
        QFETCH(QString, message);
        QCOMPARE(QString::fromStdString(messageOf(json.toUtf8().constData())), message);
    }

    void readsMinusOneAsNoLimit()
    {
        auto spec = decodeRuntimeSpec(
            withResources(R"("memory":{"limit":-1},"pids":{"limit":-1},"cpu":{"quota":-1,"period":100000})"));
        QVERIFY(spec);
        QVERIFY(!spec->linux_.resources.memoryLimitBytes);
        QVERIFY(!spec->linux_.resources.pidsLimit);
        QVERIFY(!spec->linux_.resources.cpuQuotaMicroseconds);
    }

    void listsWhatIsAskedForAndNotDone()
    {
        auto spec = decodeRuntimeSpec(withResources(
            R"("network":{},"memory":{"swappiness":60,"kernel":-1,"disableOOMKiller":false},
            "cpu":{"realtimeRuntime":0,"realtimePeriod":5},"blockIO":{"leafWeight":10})"));
        QVERIFY(spec);
        QCOMPARE(spec->ignored,
            (std::vector<std::string>{ "linux.resources.memory.swappiness", "linux.resources.cpu.realtimePeriod",
                "linux.resources.blockIO.leafWeight", "linux.resources.network" }));
    }

    void refusesANulInAString()
    {
        const std::string message = messageOf(withRoot(R"("hostname":"a\u0000b")"));
        QVERIFY2(message.find("hostname: ") != std::string::npos, message.c_str());
    }

    void survivesDeepNesting()
    {
        const std::string deep = R"({"root":)" + std::string(200'000, '[') + std::string(200'000, ']') + "}";
        QVERIFY(!decodeRuntimeSpec(deep));
    }
};

QTEST_GUILESS_MAIN(RuntimeSpecTest)
#include "runtime_spec_test.moc"
