// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMap>
#include <QStringList>

#include <cstdint>
#include <optional>
#include <vector>

namespace twinhull {

/// What a plan asks for beyond the simple things, by concern. Everything left out is as the image says, else as usual.
/// The texts that people write for these are read in core/workload/option_text.h.

/// Whom the person is inside: podman's keep-id. What is absent is as outside.
struct KeepId {
    std::optional<std::uint32_t> user;
    std::optional<std::uint32_t> group;

    friend bool operator==(const KeepId&, const KeepId&) = default;
};

/// What setrlimit(2) sets, in its units. Its texts are read in core/workload/process_limit.h.
struct ProcessLimit {
    static constexpr std::uint64_t kNone = UINT64_MAX; ///< RLIM_INFINITY

    QString name; ///< "nofile"
    std::uint64_t soft = kNone;
    std::uint64_t hard = kNone; ///< never below the other

    friend bool operator==(const ProcessLimit&, const ProcessLimit&) = default;
};

/// Of the first process.
struct ProcessOptions {
    QString user; ///< "uid", "uid:gid", "name", "name:group"; empty: the image's
    QString workingFolder; ///< absolute, inside; empty: the image's
    std::optional<QStringList> entrypoint; ///< replaces the image's, and its command with it; empty: none
    bool hasInit = false; ///< a small init is process 1: it collects what is orphaned and passes signals on
    QString stopSignal; ///< "SIGTERM", "TERM", "15"; empty: the image's
    std::optional<std::uint32_t> stopSeconds; ///< from the signal to the kill
    std::optional<KeepId> keepId; ///< absent: root inside
    std::vector<ProcessLimit> limits = {}; ///< each name once

    friend bool operator==(const ProcessOptions&, const ProcessOptions&) = default;
};

/// A name of another computer.
struct HostEntry {
    QString name;
    QString address; ///< IPv4 or IPv6

    friend bool operator==(const HostEntry&, const HostEntry&) = default;
};

/// What the inside is called and how it finds others.
struct NamingOptions {
    QString hostName; ///< empty: the workload's name
    QStringList nameServers; ///< IPv4; empty: this computer's, by way of the network helper
    QStringList searchDomains;
    std::vector<HostEntry> hosts;

    friend bool operator==(const NamingOptions&, const NamingOptions&) = default;
};

/// A file system in memory, made at each start with what the image has at that place.
struct TemporaryFolder {
    QString target; ///< absolute, inside
    std::optional<std::uint64_t> sizeBytes; ///< at most; the kernel's default is half of the memory
    std::uint32_t mode = 01777;
    bool mayExecute = false;
    bool readOnly = false;

    friend bool operator==(const TemporaryFolder&, const TemporaryFolder&) = default;
};

/// A device node of this computer.
struct DeviceOption {
    QString source; ///< absolute, here
    QString target; ///< absolute, inside
    bool readOnly = false;

    friend bool operator==(const DeviceOption&, const DeviceOption&) = default;
};

/// A secret of the store (core/volumes/secrets.h) as a read-only file in memory, as it is at each start.
struct SecretOption {
    QString name;
    QString target; ///< a path below /run/secrets, or an absolute one, inside; empty: its name
    std::uint32_t uid = 0; ///< these two as inside
    std::uint32_t gid = 0;
    std::uint32_t mode = 0444; ///< rights to write are of no use

    friend bool operator==(const SecretOption&, const SecretOption&) = default;
};

struct FileOptions {
    bool isRootReadOnly = false; ///< with /tmp, /run and /var/tmp in memory, unless something else stands there
    std::vector<TemporaryFolder> temporaryFolders;
    std::vector<DeviceOption> devices;
    std::vector<SecretOption> secrets;

    friend bool operator==(const FileOptions&, const FileOptions&) = default;
};

enum class SeccompChoice { Default, Unconfined, File };

struct SecurityOptions {
    QStringList addedCapabilities; ///< "CAP_NET_RAW", or "ALL"
    QStringList droppedCapabilities;
    SeccompChoice seccomp = SeccompChoice::Default;
    QString seccompPath; ///< with SeccompChoice::File: a profile as the OCI runtime specification has it
    bool allowsNewPrivileges = false; ///< set-user-id programs (sudo, su, ping) raise themselves

    friend bool operator==(const SecurityOptions&, const SecurityOptions&) = default;
};

enum class DeviceRateKind { ReadBytes, WriteBytes, ReadOperations, WriteOperations };

struct DeviceRateOption {
    DeviceRateKind kind = DeviceRateKind::ReadBytes;
    QString device; ///< absolute path of a disk
    std::uint64_t perSecond = 0; ///< never 0

    friend bool operator==(const DeviceRateOption&, const DeviceRateOption&) = default;
};

/// Limits beside those that everything has.
struct FineLimits {
    std::optional<std::int64_t> memoryAndSwapBytes; ///< together; -1: as much swap as there is
    QString cpuSet; ///< processors, "0-3,7"; empty: any
    std::optional<std::uint32_t> cpuShares; ///< 2..262144 against others that want to run too; usual is 1024
    std::vector<DeviceRateOption> deviceRates;

    friend bool operator==(const FineLimits&, const FineLimits&) = default;
};

/// One network of the person's own that the workload is in (core/networks).
struct NetworkUse {
    QString name;
    QStringList aliases; ///< beside the workload's name, in this network only
    QString ipv4; ///< empty: the next free one
    QString ipv6;

    friend bool operator==(const NetworkUse&, const NetworkUse&) = default;
};

using Labels = QMap<QString, QString>;

} // namespace twinhull
