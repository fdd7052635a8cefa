// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/workload/plan_options.h"
#include "core/workload/workload_info.h"

#include <functional>
#include <utility>

namespace twinhull {

struct WorkloadPlan;

/// What people write for a plan's options, with podman's forms, and back. A text that makes no sense is
/// InvalidArgument, which names it and shows the form. Nothing here reads this computer.

/// Ports that one text may publish, and one plan.
constexpr int kMostPublishedPorts = 64;

/// "[ADDRESS:]HOST:INSIDE[/udp]" or "INSIDE" alone; HOST and INSIDE may both be a range of the same length,
/// "8000-8010". ADDRESS is "localhost" where none is given (core/ipc/listened_ports.h), and IPv6 in brackets:
/// "[::1]:8080:80".
Result<std::vector<PublishedPort>> portsFromText(const QString& text);
/// The words that portsFromText() reads back, neighbours as one range: "8080:80", "0.0.0.0:8000-8010:8000-8010/udp".
QStringList portTexts(const std::vector<PublishedPort>& ports);
/// What stands between the colons, of which an address in brackets is one.
QStringList portParts(const QString& text);
/// An IPv6 address in brackets, any other as it is.
QString bracketed(const QString& address);
/// "127.0.0.1:8080", "[::1]:8080", "localhost:8080".
QString hostPortText(const PublishedPort& port);
/// All that it listens at: of "localhost" both "127.0.0.1:8080" and, where this computer has it, "[::1]:8080".
QStringList listenTexts(const PublishedPort& port);
/// Whether its address is one of IPv6, which "localhost" is not only.
bool isAtIpv6Address(const PublishedPort& port);
/// As a VM has them, whose way in is IPv4: "localhost" is 127.0.0.1.
std::vector<PublishedPort> portsOnIpv4(std::vector<PublishedPort> ports);

/// One word, or a list in JSON for several: ["sh", "-c"]. Empty: none.
Result<QStringList> entrypointFromText(const QString& text);
QString entrypointText(const QStringList& words);

/// "keep-id" or "keep-id:uid=1000,gid=1000", of which either number may be left out.
Result<KeepId> keepIdFromText(const QString& text);
QString keepIdText(const KeepId& keep);

/// "KEY=VALUE" or "KEY".
Result<std::pair<QString, QString>> labelFromText(const QString& text);

/// The lines KEY=VALUE of an environment file: blank lines and lines that begin with "#" are left out. A line KEY takes
/// its value from this environment and is left out where there is none.
Result<QStringList> environmentFromFileText(const QString& text);

/// Letters, digits, dashes and dots, at most 64 (what the kernel holds).
Result<> checkHostName(const QString& name);
/// "NAME:ADDRESS"; an IPv6 address may stand in brackets.
Result<HostEntry> hostEntryFromText(const QString& text);
QString hostEntryText(const HostEntry& entry);
/// IPv4, which is what containers have a network of.
Result<> checkNameServer(const QString& address);
/// A domain, or "." for none at all.
Result<> checkSearchDomain(const QString& domain);

/// "TARGET[:OPTION,…]" with size=64m, mode=1777, ro, rw, exec, noexec, nosuid, nodev.
Result<TemporaryFolder> temporaryFolderFromText(const QString& text);
QString temporaryFolderText(const TemporaryFolder& folder);

/// What may stand behind the second colon of SOURCE:TARGET:OPTIONS: "ro", "rw", "nocopy" with commas between. False,
/// and nothing set, for other words.
bool readMountOptions(const QString& text, bool& readOnly, bool& startsEmpty);
/// ":ro", ":ro,nocopy"; empty where there is nothing to say.
QString mountOptionsText(bool readOnly, bool startsEmpty);

/// "SOURCE[:TARGET][:rwm]"; without "w" it is read-only.
Result<DeviceOption> deviceFromText(const QString& text);
QString deviceText(const DeviceOption& device);

/// "NAME[,target=PATH,uid=N,gid=N,mode=0400]", in any order behind the name; source=NAME and type=mount as podman has
/// them.
Result<SecretOption> secretFromText(const QString& text);
QString secretText(const SecretOption& secret);
/// Where it stands inside: below /run/secrets where its target is not absolute.
QString secretPath(const SecretOption& secret);
/// 1 to 128 letters, digits, "_", "-" and ".", a letter or digit first.
Result<> checkSecretName(const QString& name);

/// All that this program knows, "CAP_CHOWN" first.
const QStringList& knownCapabilities();
/// "net_raw", "CAP_NET_RAW", "all" in any case; as "CAP_NET_RAW" or "ALL".
Result<QString> capabilityFromText(const QString& text);

/// "seccomp=unconfined", "seccomp=FILE", "seccomp=default", "no-new-privileges[=true|false]"; ":" stands for "=" too.
Result<> addSecurityOption(const QString& text, SecurityOptions& options);

/// "64M", or "-1" for no limit.
Result<std::int64_t> swapFromText(const QString& text);
QString swapText(std::int64_t bytes);
/// "DEVICE:RATE", where the rate is a size for bytes and a number for operations.
Result<DeviceRateOption> deviceRateFromText(const QString& text, DeviceRateKind kind);
QString deviceRateText(const DeviceRateOption& rate);

constexpr qsizetype kMostAliases = 32;
constexpr std::size_t kMostNetworkUses = 16;
/// "NAME[:alias=a,b][:ip=10.89.0.7][:ip6=fd00::7]"; a comma may stand between options as well.
Result<NetworkUse> networkUseFromText(const QString& text);
QString networkUseText(const NetworkUse& use);
/// "none", "host" or "user" alone, or networks. Then checkNetworks().
Result<> addNetworks(const QStringList& texts, WorkloadPlan& plan);
/// What a plan says of its networks agrees with itself.
Result<> checkNetworks(const WorkloadPlan& plan);

/// "256M", "2G": the largest unit that loses nothing.
QString sizeWord(std::uint64_t bytes);

/// `wish` where it is free, else "web-2" and so on.
QString freeName(const QString& wish, const std::function<bool(const QString&)>& isTaken);

} // namespace twinhull
