// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"
#include "core/workload/command_runner.h"
#include "core/workload/workload_info.h"

#include <QDateTime>

#include <memory>
#include <optional>
#include <vector>

namespace twinhull {

/// An address of a machine, and who says so.
struct GuestAddress {
    enum class Source {
        Agent, ///< the guest's own word
        Lease, ///< what the network's DHCP server lent it
        Arp, ///< what this computer saw on the wire
    };
    enum class Way {
        Card, ///< a card of the machine has it
        Inside, ///< no card of the machine's definition has its hardware address: a bridge or tunnel inside, perhaps
        UserNetwork, ///< a card in QEMU's own network, which nothing outside reaches
    };

    QString address; ///< IPv4 or IPv6, as inet_ntop(3) writes it
    unsigned prefix = 0;
    QString device; ///< "eth0" inside, or "vnet0" here; may be empty
    QString hardwareAddress; ///< may be empty
    Source source = Source::Agent;
    Way way = Way::Card;

    /// Neither of the machine itself nor of its link or of QEMU's own network alone: it can be reached from elsewhere.
    bool isReachable() const;

    friend bool operator==(const GuestAddress&, const GuestAddress&) = default;
};

struct GuestFileSystem {
    QString mountPoint;
    QString device;
    QString type;
    std::optional<std::uint64_t> usedBytes; ///< absent: the agent does not tell
    std::optional<std::uint64_t> sizeBytes;

    friend bool operator==(const GuestFileSystem&, const GuestFileSystem&) = default;
};

struct GuestUser {
    QString name;
    QString domain; ///< of Windows; else empty
    QDateTime since; ///< invalid: not told

    friend bool operator==(const GuestUser&, const GuestUser&) = default;
};

/// What the inside of a machine says of itself through qemu-guest-agent, and what libvirt knows without it. A guest's
/// word: bounded and without control characters, but nothing to trust.
struct GuestFacts {
    enum class Agent {
        Answers,
        Off, ///< the machine does not run
        NoChannel, ///< its definition has no channel for the agent
        Silent, ///< there is a channel, and nobody answers
        Ours, ///< made from an image: guest-init is inside, and no qemu-guest-agent
        Impossible, ///< the hypervisor knows no such agent
    };

    Agent agent = Agent::Off;
    QString hostName; ///< these are empty where they are not told
    QString system; ///< "Debian GNU/Linux 12 (bookworm)"
    QString kernel;
    QString timeZone; ///< "CET (UTC+01:00)"
    bool isFrozen = false; ///< its file systems, as for a backup; its agent says nothing else meanwhile
    std::optional<std::vector<GuestUser>> users; ///< absent: not told
    std::optional<std::vector<GuestFileSystem>> fileSystems;
    std::vector<GuestAddress> addresses; ///< by source; an address once, by its best source

    friend bool operator==(const GuestFacts&, const GuestFacts&) = default;
};

/// A program that is run inside by qemu-guest-agent, as its user: no terminal, and what it says comes at its end.
struct GuestProgram {
    std::vector<std::string> arguments; ///< begin with the program, which is looked up in the agent's PATH
    std::string input; ///< all of its standard input; kGuestInputLimitBytes at most
    std::chrono::milliseconds limit{}; ///< it is ended then; 0: none
};

/// What reaches an agent in one piece: somewhat above it, commands were lost on their way (libvirt 9.0, QEMU 7.2).
constexpr std::size_t kGuestInputLimitBytes = std::size_t(128) << 10U;

struct GuestProgramOutcome {
    CommandOutcome command;
    bool isCut = false; ///< the agent kept only a part of its output
};

/// One file; a folder that is there gets it under its own name. Links are followed where it is read.
struct GuestFileCopy {
    std::string source;
    std::string target;
};

struct GuestFileOutcome {
    std::uint64_t bytes = 0;
    std::string path; ///< where it stands now
};

/// The insides of machines. Jobs are handed out unstarted. Those that read and set the clock end within half a minute,
/// whatever the guest does; of each machine one asks at a time (Busy).
class MachineGuest {
public:
    virtual ~MachineGuest() = default;

    /// Succeeds without an agent too: the facts say what is missing.
    virtual std::unique_ptr<Job> read(const WorkloadInfo& machine, std::shared_ptr<GuestFacts> into) = 0;
    /// Sets the guest's clock to this computer's.
    virtual std::unique_ptr<Job> syncTime(const WorkloadInfo& machine) = 0;

    /// Those that follow last as long as the work does; an agent that does not answer ends them in half a minute
    /// (Unavailable). PermissionDenied: the agent's configuration does not allow it.
    /// Succeeds when the program has ended, whatever its status; cancelling it asks it to end (SIGTERM).
    virtual std::unique_ptr<Job> run(
        const WorkloadInfo& machine, GuestProgram program, std::shared_ptr<GuestProgramOutcome> outcome)
        = 0;
    /// All or nothing under the target's name. Paths inside are absolute, from "/" where they are not, and UTF-8.
    virtual std::unique_ptr<Job> copyOut(
        const WorkloadInfo& machine, GuestFileCopy copy, std::shared_ptr<GuestFileOutcome> outcome)
        = 0;
    /// Needs programs inside (stat, chmod, mv) that give the finished copy its mode and its name.
    virtual std::unique_ptr<Job> copyIn(
        const WorkloadInfo& machine, GuestFileCopy copy, std::shared_ptr<GuestFileOutcome> outcome)
        = 0;
};

/// A provider whose workloads are machines that can be asked; found by dynamic_cast.
class HasMachineGuest {
public:
    virtual ~HasMachineGuest() = default;

    virtual MachineGuest& guest() = 0;
};

/// "no-channel", for JSON.
QString nameOf(GuestFacts::Agent agent);
/// "agent", for JSON.
QString nameOf(GuestAddress::Source source);
/// What is missing and the next step; empty where the agent answers.
QString sentenceFor(GuestFacts::Agent agent);
/// Of a machine whose agent answers: "file systems are not frozen".
QString frozenText(const GuestFacts& facts);
/// "the guest's agent".
QString sourceText(GuestAddress::Source source);

} // namespace twinhull
