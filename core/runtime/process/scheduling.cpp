// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/scheduling.h"

#include "core/base/number_list.h"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <string_view>
#include <utility>

namespace twinhull::runtime {

namespace {

template <typename Value, std::size_t Size>
using Names = std::array<std::pair<std::string_view, Value>, Size>;

// linux/sched.h; both its headers cannot be had with sched.h
constexpr Names<std::uint32_t, 7> kPolicies{ {
    { "SCHED_OTHER", 0 },
    { "SCHED_FIFO", 1 },
    { "SCHED_RR", 2 },
    { "SCHED_BATCH", 3 },
    { "SCHED_ISO", 4 },
    { "SCHED_IDLE", 5 },
    { "SCHED_DEADLINE", 6 },
} };

constexpr Names<std::uint64_t, 7> kFlags{ {
    { "SCHED_FLAG_RESET_ON_FORK", 0x01 },
    { "SCHED_FLAG_RECLAIM", 0x02 },
    { "SCHED_FLAG_DL_OVERRUN", 0x04 },
    { "SCHED_FLAG_KEEP_POLICY", 0x08 },
    { "SCHED_FLAG_KEEP_PARAMS", 0x10 },
    { "SCHED_FLAG_UTIL_CLAMP_MIN", 0x20 },
    { "SCHED_FLAG_UTIL_CLAMP_MAX", 0x40 },
} };

// ioprio_set(2); linux/ioprio.h is C only since 6.1.192: it names a parameter "class"
constexpr int kIoPriorityOfProcess = 1;
constexpr int kIoClassShift = 13;
constexpr Names<int, 3> kIoClasses{ {
    { "IOPRIO_CLASS_RT", 1 },
    { "IOPRIO_CLASS_BE", 2 },
    { "IOPRIO_CLASS_IDLE", 3 },
} };

/// sched_setattr(2), its first version: the C library has no wrapper.
struct SchedulerAttributes {
    std::uint32_t size = 48;
    std::uint32_t policy = 0;
    std::uint64_t flags = 0;
    std::int32_t nice = 0;
    std::uint32_t priority = 0;
    std::uint64_t runtime = 0;
    std::uint64_t deadline = 0;
    std::uint64_t period = 0;
};
static_assert(sizeof(SchedulerAttributes) == 48);

template <typename Table>
auto valueOf(const Table& table, const std::string& name) // decoding lets nothing else in
{
    for (const auto& [candidate, value] : table) {
        if (candidate == name)
            return value;
    }
    return table[0].second;
}

Error explain(int number, const std::string& what)
{
    Error error = Error::fromErrno(number, what);
    return number == EPERM ? std::move(error).withHint("It needs CAP_SYS_NICE on this computer, which hull lacks")
                           : error;
}

Result<> applyScheduler(const oci::Scheduler& asked)
{
    SchedulerAttributes attributes;
    attributes.policy = valueOf(kPolicies, asked.policy);
    attributes.nice = asked.nice;
    attributes.priority = static_cast<std::uint32_t>(asked.priority);
    attributes.runtime = asked.runtimeNanoseconds;
    attributes.deadline = asked.deadlineNanoseconds;
    attributes.period = asked.periodNanoseconds;
    for (const auto& flag : asked.flags)
        attributes.flags |= valueOf(kFlags, flag);
    if (::syscall(SYS_sched_setattr, 0, &attributes, 0) != 0)
        return explain(errno, "set process.scheduler to " + asked.policy);
    return {};
}

Result<> applyIoPriority(const oci::IoPriority& asked)
{
    const int value = valueOf(kIoClasses, asked.ioClass) << kIoClassShift | asked.priority;
    if (::syscall(SYS_ioprio_set, kIoPriorityOfProcess, 0, value) != 0)
        return explain(errno, "set process.ioPriority to " + asked.ioClass);
    return {};
}

} // namespace

Result<> applyPriorities(const oci::Process& process)
{
    auto done = process.scheduler ? applyScheduler(*process.scheduler) : Result<>();
    return done && process.ioPriority ? applyIoPriority(*process.ioPriority) : done;
}

Result<> applyAffinity(const std::string& processors)
{
    const auto numbers = parseNumberList(processors);
    if (!numbers || numbers->empty())
        return {};
    struct SetEnd {
        void operator()(cpu_set_t* set) const noexcept { CPU_FREE(set); }
    };
    const std::unique_ptr<cpu_set_t, SetEnd> set(CPU_ALLOC(kNumberListEnd));
    const std::size_t size = CPU_ALLOC_SIZE(kNumberListEnd);
    CPU_ZERO_S(size, set.get());
    for (const unsigned number : *numbers)
        CPU_SET_S(number, size, set.get());
    if (::sched_setaffinity(0, size, set.get()) != 0)
        return Error::fromErrno(errno, "run on the processors " + processors)
            .withHint("Does this computer have one of them, and may this session use it?");
    return {};
}

} // namespace twinhull::runtime
