// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// `process` of config.json, and what `hull exec --process` reads (config.md, "Process").
namespace twinhull::oci {

struct User {
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::optional<std::uint32_t> umask;
    std::vector<std::uint32_t> additionalGids;
};

struct Rlimit {
    std::string type; ///< "RLIMIT_NOFILE"
    std::uint64_t soft = 0;
    std::uint64_t hard = 0;
};

/// Names as "CAP_CHOWN".
struct CapabilitySets {
    std::vector<std::string> bounding;
    std::vector<std::string> effective;
    std::vector<std::string> inheritable;
    std::vector<std::string> permitted;
    std::vector<std::string> ambient;
};

struct ConsoleSize {
    std::uint16_t height = 0;
    std::uint16_t width = 0;
};

/// sched(7), sched_setattr(2).
struct Scheduler {
    std::string policy; ///< "SCHED_BATCH"
    std::int32_t nice = 0; ///< -20..19
    std::int32_t priority = 0; ///< 1..99 where the policy takes one
    std::vector<std::string> flags; ///< "SCHED_FLAG_RESET_ON_FORK"
    std::uint64_t runtimeNanoseconds = 0; ///< this and the next two: SCHED_DEADLINE
    std::uint64_t deadlineNanoseconds = 0;
    std::uint64_t periodNanoseconds = 0;
};

/// ioprio_set(2).
struct IoPriority {
    std::string ioClass; ///< "IOPRIO_CLASS_BE"
    std::int32_t priority = 0; ///< 0..7, 0 is the highest
};

/// Processors of a program that `hull exec` starts, as lists ("0-3,7"); empty: as they are.
struct ExecCpuAffinity {
    std::string initial; ///< of hull, until the program is in the container's cgroup
    std::string final_; ///< of the program
};

struct Process {
    bool terminal = false;
    std::optional<ConsoleSize> consoleSize;
    User user;
    std::vector<std::string> args;
    std::vector<std::string> env; ///< KEY=VALUE
    std::string cwd = "/"; ///< absolute
    std::optional<CapabilitySets> capabilities; ///< absent: none at all
    std::vector<Rlimit> rlimits;
    bool noNewPrivileges = false;
    std::optional<int> oomScoreAdj; ///< -1000..1000
    std::string apparmorProfile; ///< empty: none asked for
    std::string selinuxLabel; ///< empty: none asked for
    std::optional<Scheduler> scheduler;
    std::optional<IoPriority> ioPriority;
    std::optional<ExecCpuAffinity> execCpuAffinity;
};

} // namespace twinhull::oci
