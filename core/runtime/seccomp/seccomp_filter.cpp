// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/seccomp/seccomp_filter.h"

#include "core/base/files.h"
#include "core/runtime/seccomp/call_search.h"

#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace twinhull::runtime {

namespace {

template <typename Value>
using Name = std::pair<std::string_view, Value>;

constexpr std::array<Name<std::uint32_t>, 9> kActions{ {
    { "SCMP_ACT_KILL", SCMP_ACT_KILL },
    { "SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS },
    { "SCMP_ACT_KILL_THREAD", SCMP_ACT_KILL_THREAD },
    { "SCMP_ACT_TRAP", SCMP_ACT_TRAP },
    { "SCMP_ACT_ERRNO", SCMP_ACT_ERRNO(0) },
    { "SCMP_ACT_TRACE", SCMP_ACT_TRACE(0) },
    { "SCMP_ACT_ALLOW", SCMP_ACT_ALLOW },
    { "SCMP_ACT_LOG", SCMP_ACT_LOG },
    { "SCMP_ACT_NOTIFY", SCMP_ACT_NOTIFY },
} };

constexpr std::array<Name<scmp_compare>, 7> kOperators{ {
    { "SCMP_CMP_NE", SCMP_CMP_NE },
    { "SCMP_CMP_LT", SCMP_CMP_LT },
    { "SCMP_CMP_LE", SCMP_CMP_LE },
    { "SCMP_CMP_EQ", SCMP_CMP_EQ },
    { "SCMP_CMP_GE", SCMP_CMP_GE },
    { "SCMP_CMP_GT", SCMP_CMP_GT },
    { "SCMP_CMP_MASKED_EQ", SCMP_CMP_MASKED_EQ },
} };

constexpr std::uint32_t kUnknownToLibrary = 0; // libseccomp before 2.6: no program of these runs where it is in use
constexpr std::array<Name<std::uint32_t>, 23> kArchitectures{ {
    { "SCMP_ARCH_X86", SCMP_ARCH_X86 },
    { "SCMP_ARCH_X86_64", SCMP_ARCH_X86_64 },
    { "SCMP_ARCH_X32", SCMP_ARCH_X32 },
    { "SCMP_ARCH_ARM", SCMP_ARCH_ARM },
    { "SCMP_ARCH_AARCH64", SCMP_ARCH_AARCH64 },
    { "SCMP_ARCH_MIPS", SCMP_ARCH_MIPS },
    { "SCMP_ARCH_MIPS64", SCMP_ARCH_MIPS64 },
    { "SCMP_ARCH_MIPS64N32", SCMP_ARCH_MIPS64N32 },
    { "SCMP_ARCH_MIPSEL", SCMP_ARCH_MIPSEL },
    { "SCMP_ARCH_MIPSEL64", SCMP_ARCH_MIPSEL64 },
    { "SCMP_ARCH_MIPSEL64N32", SCMP_ARCH_MIPSEL64N32 },
    { "SCMP_ARCH_PPC", SCMP_ARCH_PPC },
    { "SCMP_ARCH_PPC64", SCMP_ARCH_PPC64 },
    { "SCMP_ARCH_PPC64LE", SCMP_ARCH_PPC64LE },
    { "SCMP_ARCH_PARISC", SCMP_ARCH_PARISC },
    { "SCMP_ARCH_PARISC64", SCMP_ARCH_PARISC64 },
    { "SCMP_ARCH_S390X", SCMP_ARCH_S390X },
    { "SCMP_ARCH_S390", SCMP_ARCH_S390 },
    { "SCMP_ARCH_RISCV64", SCMP_ARCH_RISCV64 },
    { "SCMP_ARCH_LOONGARCH64", kUnknownToLibrary },
    { "SCMP_ARCH_M68K", kUnknownToLibrary },
    { "SCMP_ARCH_SH", kUnknownToLibrary },
    { "SCMP_ARCH_SHEB", kUnknownToLibrary },
} };

constexpr std::array<Name<unsigned>, 4> kFlags{ {
    { "SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG },
    { "SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW },
    { "SECCOMP_FILTER_FLAG_TSYNC", 0U }, // one thread: nothing to synchronise
    { "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV },
} };

template <typename Table>
auto lookUp(const Table& table, const std::string& name, const char* what) -> Result<decltype(table[0].second)>
{
    for (const auto& [candidate, value] : table) {
        if (candidate == name)
            return value;
    }
    return Error{ ErrorCode::InvalidArgument, "config.json: linux.seccomp: unknown " + std::string(what) + " " + name,
        0, {} };
}

template <typename Table>
std::vector<std::string> namesOf(const Table& table)
{
    std::vector<std::string> names;
    for (const auto& entry : table)
        names.emplace_back(entry.first);
    return names;
}

Result<std::uint32_t> actionOf(const std::string& name, const std::optional<std::uint32_t>& errnoRet)
{
    auto action = lookUp(kActions, name, "action");
    if (!action)
        return std::move(action).error();
    const std::uint32_t number = errnoRet.value_or(EPERM) & 0xffffU;
    if (*action == SCMP_ACT_ERRNO(0))
        return std::uint32_t{ SCMP_ACT_ERRNO(number) };
    return *action == SCMP_ACT_TRACE(0) ? std::uint32_t{ SCMP_ACT_TRACE(number) } : *action;
}

struct ContextEnd {
    void operator()(void* context) const noexcept { ::seccomp_release(context); }
};
using Context = std::unique_ptr<void, ContextEnd>;

Error libraryError(int result, const std::string& what)
{
    return Error::fromErrno(-result, "seccomp: " + what);
}

Result<> addArchitectures(const Context& context, const oci::Seccomp& profile)
{
    for (const auto& name : profile.architectures) {
        auto architecture = lookUp(kArchitectures, name, "architecture");
        if (!architecture)
            return std::move(architecture).error();
        if (*architecture == kUnknownToLibrary)
            continue;
        const int added = ::seccomp_arch_add(context.get(), *architecture);
        if (added != 0 && added != -EEXIST && added != -EDOM) // EDOM: of the other byte order, which cannot run here
            return libraryError(added, "add architecture " + name);
    }
    return {};
}

Result<std::vector<scmp_arg_cmp>> comparisonsOf(const oci::SeccompRule& rule)
{
    std::vector<scmp_arg_cmp> comparisons;
    for (const auto& argument : rule.args) {
        auto op = lookUp(kOperators, argument.op, "operator");
        if (!op)
            return std::move(op).error();
        comparisons.push_back({ argument.index, *op, argument.value, argument.valueTwo });
    }
    return comparisons;
}

Result<> addRule(const Context& context, const oci::SeccompRule& rule, std::uint32_t defaultAction)
{
    auto action = actionOf(rule.action, rule.errnoRet);
    if (!action)
        return std::move(action).error();
    auto comparisons = comparisonsOf(rule);
    if (!comparisons)
        return std::move(comparisons).error();
    if (*action == defaultAction) // libseccomp refuses a rule that says what is said already
        return {};
    for (const auto& name : rule.names) {
        const int number = ::seccomp_syscall_resolve_name(name.c_str());
        if (number == __NR_SCMP_ERROR)
            continue;
        const int added = ::seccomp_rule_add_array(
            context.get(), *action, number, static_cast<unsigned>(comparisons->size()), comparisons->data());
        if (added != 0)
            return libraryError(added, "add rule for " + name);
    }
    return {};
}

Result<BpfProgram> exportProgram(const Context& context)
{
    UniqueFd memory(::memfd_create("seccomp", MFD_CLOEXEC));
    if (!memory)
        return Error::fromErrno(errno, "memory file");
    if (const int done = ::seccomp_export_bpf(context.get(), memory.fd()); done != 0)
        return libraryError(done, "export");
    if (::lseek(memory.fd(), 0, SEEK_SET) != 0)
        return Error::fromErrno(errno, "rewind");
    auto bytes = readAll(memory, sizeof(sock_filter) * BPF_MAXINSNS);
    if (!bytes)
        return std::move(bytes).error().withContext("seccomp: the profile is too large for the kernel");
    BpfProgram program(bytes->size() / sizeof(sock_filter));
    std::memcpy(program.data(), bytes->data(), program.size() * sizeof(sock_filter));
    return program;
}

Result<unsigned> flagsOf(const oci::Seccomp& profile)
{
    unsigned flags = 0;
    for (const auto& name : profile.flags) {
        auto flag = lookUp(kFlags, name, "flag");
        if (!flag)
            return std::move(flag).error();
        flags |= *flag;
    }
    const bool asksAgent = std::any_of(profile.syscalls.begin(), profile.syscalls.end(),
        [](const oci::SeccompRule& rule) { return rule.action == "SCMP_ACT_NOTIFY"; });
    if (asksAgent)
        return flags | SECCOMP_FILTER_FLAG_NEW_LISTENER;
    return flags & ~static_cast<unsigned>(SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV); // nobody waits for an agent
}

Error explainInstall(Error error, unsigned flags)
{
    if (error.sysErrno == EBUSY)
        return std::move(error).withHint("A filter with a listener is on this process already, and there can be one "
                                         "only: that of the container around it?");
    if (error.sysErrno == EINVAL && (flags & SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV) != 0)
        return std::move(error).withHint("SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV needs Linux 5.19");
    return error;
}

} // namespace

Result<BpfProgram> compileByLibrary(const oci::Seccomp& profile)
{
    auto defaultAction = actionOf(profile.defaultAction, profile.defaultErrnoRet);
    if (!defaultAction)
        return std::move(defaultAction).error();
    const Context context(::seccomp_init(*defaultAction));
    if (!context)
        return Error{ ErrorCode::OutOfMemory, "seccomp: no filter could be made", 0, {} };
    // a binary tree, in case it stays as it is: installing runs the program for every number
    (void)::seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2); // slower, not wrong, where it is refused
    if (auto added = addArchitectures(context, profile); !added)
        return std::move(added).error();
    for (const auto& rule : profile.syscalls) {
        if (auto added = addRule(context, rule, *defaultAction); !added)
            return std::move(added).error();
    }
    return exportProgram(context);
}

Result<SeccompFilter> compileFilter(const oci::Seccomp& profile)
{
    auto flags = flagsOf(profile);
    if (!flags)
        return std::move(flags).error();
    auto program = compileByLibrary(profile);
    if (!program)
        return std::move(program).error();
    return SeccompFilter{ searchByNumber(*program), *flags };
}

Result<UniqueFd> installFilter(const SeccompFilter& filter)
{
    const sock_fprog program{ static_cast<unsigned short>(filter.program.size()),
        const_cast<sock_filter*>(filter.program.data()) }; // seccomp(2) copies it
    const long result = ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, filter.flags, &program);
    if (result < 0)
        return explainInstall(Error::fromErrno(errno, "install the seccomp filter"), filter.flags);
    const bool hasListener = (filter.flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) != 0;
    return hasListener ? UniqueFd(static_cast<int>(result)) : UniqueFd();
}

std::string canonicalText(const oci::Seccomp& profile)
{
    std::string text = profile.defaultAction + " " + std::to_string(profile.defaultErrnoRet.value_or(EPERM));
    text.reserve(16384);
    for (const auto& name : profile.architectures)
        text.append(" arch ").append(name);
    for (const auto& name : profile.flags)
        text.append(" flag ").append(name);
    for (const auto& rule : profile.syscalls) {
        text.append(" rule ").append(rule.action).append(" ").append(std::to_string(rule.errnoRet.value_or(EPERM)));
        for (const auto& argument : rule.args)
            text.append(" arg ")
                .append(std::to_string(argument.index))
                .append(" ")
                .append(argument.op)
                .append(" ")
                .append(std::to_string(argument.value))
                .append(" ")
                .append(std::to_string(argument.valueTwo));
        text.append(" names");
        for (const auto& name : rule.names)
            text.append(" ").append(name);
    }
    return text;
}

std::string seccompLibraryVersion()
{
    const scmp_version* library = ::seccomp_version();
    return std::to_string(library->major) + "." + std::to_string(library->minor) + "." + std::to_string(library->micro);
}

std::vector<std::string> seccompActionNames()
{
    return namesOf(kActions);
}

std::vector<std::string> seccompOperatorNames()
{
    return namesOf(kOperators);
}

std::vector<std::string> seccompArchitectureNames()
{
    return namesOf(kArchitectures);
}

std::vector<std::string> seccompFlagNames()
{
    return namesOf(kFlags);
}

} // namespace twinhull::runtime
