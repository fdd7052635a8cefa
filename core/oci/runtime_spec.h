// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/oci/process_spec.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The part of the OCI runtime specification (1.0 to 1.3, config.md and config-linux.md) that hull acts on. Names
/// follow the specification; what it leaves open is an optional.
namespace twinhull::oci {

struct Root {
    std::string path = "rootfs"; ///< absolute, or relative to the bundle
    bool readonly = false;
};

struct IdMapping {
    std::uint32_t containerId = 0;
    std::uint32_t hostId = 0;
    std::uint32_t size = 0;
};

struct Mount {
    std::string destination; ///< absolute, inside the container
    std::string type; ///< empty or "bind" for a bind mount
    std::string source;
    std::vector<std::string> options;
    std::vector<IdMapping> uidMappings = {}; ///< from the ids in the file system to those that are seen; both or none
    std::vector<IdMapping> gidMappings = {};
};

enum class NamespaceKind { User, Mount, Pid, Network, Ipc, Uts, Cgroup, Time };

struct Namespace {
    NamespaceKind kind = NamespaceKind::Mount;
    std::string path; ///< empty: a new one
};

struct Device {
    std::string path;
    char type = 'c'; ///< c, b, u or p
    std::int64_t major = 0;
    std::int64_t minor = 0;
    std::optional<std::uint32_t> fileMode;
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
};

/// Bytes or operations a second of one block device.
struct DeviceRate {
    std::int64_t major = 0;
    std::int64_t minor = 0;
    std::uint64_t rate = 0;
};

/// linux.resources.devices: which accesses to which devices are allowed. The last rule that matches decides.
struct DeviceRule {
    bool isAllowed = false;
    char type = 'a'; ///< a (all), c or b
    std::optional<std::int64_t> major; ///< absent: any
    std::optional<std::int64_t> minor;
    std::string access = "rwm"; ///< of r, w and m (make a node)
};

/// A share of one block device's time, 10..1000.
struct DeviceWeight {
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
    std::uint32_t weight = 0;
};

struct HugepageLimit {
    std::string pageSize; ///< "2MB": a number, K, M or G, and B
    std::uint64_t bytes = 0;
};

/// Of one RDMA device; absent: no limit.
struct RdmaLimit {
    std::optional<std::uint32_t> handles;
    std::optional<std::uint32_t> objects;
};

/// What may be used; -1 in the specification's limits means "no limit" and is read as absent.
struct Resources {
    std::optional<std::int64_t> memoryLimitBytes;
    std::optional<std::int64_t> memorySwapBytes; ///< memory and swap together, as in the specification
    std::optional<std::int64_t> memoryReservationBytes;
    bool refusesMemoryBelowUse = false; ///< `checkBeforeUpdate`
    std::optional<std::int64_t> cpuQuotaMicroseconds;
    std::optional<std::uint64_t> cpuPeriodMicroseconds;
    std::optional<std::uint64_t> cpuShares;
    std::optional<std::uint64_t> cpuBurstMicroseconds;
    std::optional<std::int64_t> cpuIdle; ///< 1: runs when nobody else wants to (SCHED_IDLE for the whole group)
    std::string cpus; ///< "0-3,7"
    std::string mems; ///< "0-1"
    std::optional<std::int64_t> pidsLimit;
    std::optional<std::uint32_t> ioWeight; ///< 10..1000
    std::vector<DeviceWeight> ioDeviceWeights;
    std::vector<DeviceRate> readBytesPerSecond;
    std::vector<DeviceRate> writeBytesPerSecond;
    std::vector<DeviceRate> readsPerSecond;
    std::vector<DeviceRate> writesPerSecond;
    std::vector<HugepageLimit> hugepageLimits;
    std::map<std::string, RdmaLimit> rdmaLimits; ///< by device: "mlx5_0"
    std::vector<DeviceRule> deviceRules;
    std::map<std::string, std::string> unified; ///< files of cgroup v2 and what to write; the last word
};

/// What a clock of a time namespace shows more than the host's.
struct TimeOffset {
    std::int64_t seconds = 0;
    std::uint32_t nanoseconds = 0;
};

/// A program that is run at one moment of a container's life (config.md, "POSIX-platform Hooks").
struct Hook {
    std::string path; ///< absolute
    std::vector<std::string> args; ///< args[0] too; empty: the path alone
    std::vector<std::string> env; ///< all that it gets
    std::optional<std::int64_t> timeoutSeconds;
};

struct Hooks {
    std::vector<Hook> prestart;
    std::vector<Hook> createRuntime;
    std::vector<Hook> createContainer;
    std::vector<Hook> startContainer;
    std::vector<Hook> poststart;
    std::vector<Hook> poststop;
};

struct SeccompArgument {
    std::uint32_t index = 0; ///< 0..5
    std::uint64_t value = 0;
    std::uint64_t valueTwo = 0;
    std::string op; ///< "SCMP_CMP_EQ"
};

struct SeccompRule {
    std::vector<std::string> names;
    std::string action; ///< "SCMP_ACT_ALLOW"
    std::optional<std::uint32_t> errnoRet;
    std::vector<SeccompArgument> args;
};

/// Who decides the calls of SCMP_ACT_NOTIFY.
struct SeccompAgent {
    std::string path; ///< of its SOCK_STREAM socket on the host, absolute; empty: none
    std::string metadata; ///< passed on as it is
};

struct Seccomp {
    std::string defaultAction;
    std::optional<std::uint32_t> defaultErrnoRet;
    std::vector<std::string> architectures;
    std::vector<std::string> flags;
    std::vector<SeccompRule> syscalls;
    SeccompAgent agent = {};
};

/// personality(2). The specification knows no flags yet.
struct Personality {
    std::string domain; ///< "LINUX" or "LINUX32"
};

/// set_mempolicy(2).
struct MemoryPolicy {
    std::string mode; ///< "MPOL_BIND"
    std::string nodes; ///< "0-3,7"; empty where the mode takes none
    std::vector<std::string> flags; ///< "MPOL_F_STATIC_NODES"
};

struct Linux {
    std::vector<Namespace> namespaces;
    /// Devices of the runtime's network that the container gets: by name there, the name inside. That may hold one
    /// "%d", for which the kernel puts the first number that is free.
    std::map<std::string, std::string> netDevices;
    std::vector<IdMapping> uidMappings;
    std::vector<IdMapping> gidMappings;
    std::vector<Device> devices;
    std::string cgroupsPath;
    Resources resources;
    std::map<std::string, std::string> sysctl;
    std::optional<Seccomp> seccomp;
    std::string rootfsPropagation; ///< empty, "private", "slave", "shared" or "unbindable"
    std::vector<std::string> maskedPaths;
    std::vector<std::string> readonlyPaths;
    std::map<std::string, TimeOffset> timeOffsets; ///< by clock: "monotonic", "boottime"
    std::string mountLabel; ///< SELinux; empty: none asked for
    std::optional<Personality> personality;
    std::optional<MemoryPolicy> memoryPolicy;
};

struct RuntimeSpec {
    std::string ociVersion = "1.0.2";
    Root root;
    std::optional<Process> process;
    std::string hostname;
    std::string domainname;
    std::vector<Mount> mounts;
    std::map<std::string, std::string> annotations;
    Hooks hooks;
    Linux linux_; ///< `linux` is a macro of the compiler
    std::vector<std::string> ignored; ///< JSON paths of what the file asks for and hull does not do; filled by decoding
};

/// The annotations of core/README.md.
inline constexpr std::string_view kAnnotationLower = "org.twinhull.rootfs.lower";
inline constexpr std::string_view kAnnotationUpper = "org.twinhull.rootfs.upper";
inline constexpr std::string_view kAnnotationWork = "org.twinhull.rootfs.work";
/// Not empty: fuse-overlayfs makes the overlay instead of the kernel.
inline constexpr std::string_view kAnnotationFuse = "org.twinhull.rootfs.fuse";
/// For us: the layers of which root.path is a copy, as those of an overlay. hull takes the root as any other.
inline constexpr std::string_view kAnnotationCopied = "org.twinhull.rootfs.copied";
/// The file of a user namespace; that of the container is made in it.
inline constexpr std::string_view kAnnotationParentUsers = "org.twinhull.userns.parent";

/// Largest config.json that is read.
inline constexpr std::size_t kConfigLimitBytes = 4U << 20U;

/// Errors (InvalidArgument, Corrupt) name the place: "config.json: process.args: expected an array of strings".
Result<RuntimeSpec> decodeRuntimeSpec(std::string_view json, std::string_view fileName = "config.json");

/// A process on its own, as in `hull exec --process FILE`.
Result<Process> decodeProcess(std::string_view json, std::string_view fileName = "process.json");

/// An array of mounts on its own, as in `hull mounts add ID FILE`.
Result<std::vector<Mount>> decodeMounts(std::string_view json, std::string_view fileName);

/// A seccomp profile on its own (resources/seccomp/default.json).
Result<Seccomp> decodeSeccomp(std::string_view json, std::string_view fileName = "seccomp.json");

/// Pretty printed with a final newline; decodes back to the same.
std::string encodeRuntimeSpec(const RuntimeSpec& spec);
std::string encodeProcess(const Process& process);

/// "user", "mount", "pid", "network", "ipc", "uts", "cgroup", "time".
std::string_view nameOf(NamespaceKind kind);

/// What `hull spec` starts from: a shell, the specification's mounts, all namespaces, eleven capabilities (no raw
/// sockets, no device nodes), masked and read-only paths; no seccomp profile and no user namespace.
RuntimeSpec defaultRuntimeSpec();

} // namespace twinhull::oci
