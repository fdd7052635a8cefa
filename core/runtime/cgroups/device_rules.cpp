// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/cgroups/device_rules.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace twinhull::runtime {

namespace {

using oci::DeviceRule;

constexpr std::uint8_t kType = BPF_REG_2;
constexpr std::uint8_t kAccess = BPF_REG_3;
constexpr std::uint8_t kMajor = BPF_REG_4;
constexpr std::uint8_t kMinor = BPF_REG_5;
constexpr std::uint8_t kScratch = BPF_REG_6;

bpf_insn instruction(unsigned code, std::uint8_t to, std::uint8_t from, std::int16_t offset, std::int32_t value)
{
    bpf_insn made{};
    made.code = static_cast<std::uint8_t>(code);
    made.dst_reg = to & 15U;
    made.src_reg = from & 15U;
    made.off = offset;
    made.imm = value;
    return made;
}

bpf_insn load(std::uint8_t to, std::size_t offset)
{
    return instruction(BPF_LDX | BPF_MEM | BPF_W, to, BPF_REG_1, static_cast<std::int16_t>(offset), 0);
}

/// Skips what follows of the rule (appendRule() sets how far) unless they are equal.
bpf_insn skipUnless(std::uint8_t reg, std::int32_t value)
{
    return instruction(BPF_JMP | BPF_JNE | BPF_K, reg, 0, 0, value);
}

void appendReturn(std::vector<bpf_insn>& program, bool isAllowed)
{
    program.push_back(instruction(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, isAllowed ? 1 : 0));
    program.push_back(instruction(BPF_JMP | BPF_EXIT, 0, 0, 0, 0));
}

std::int32_t accessBits(const std::string& access)
{
    std::uint32_t bits = 0;
    for (const char c : access)
        bits |= c == 'r' ? BPF_DEVCG_ACC_READ : c == 'w' ? BPF_DEVCG_ACC_WRITE : BPF_DEVCG_ACC_MKNOD;
    return static_cast<std::int32_t>(bits);
}

/// An access that is denied ends it; one that is allowed is asked for no further, and it ends when nothing is left.
void appendAccess(std::vector<bpf_insn>& program, const DeviceRule& rule)
{
    const std::int32_t bits = accessBits(rule.access);
    if (rule.isAllowed) {
        program.push_back(instruction(BPF_ALU64 | BPF_AND | BPF_K, kAccess, 0, 0, 7 & ~bits));
        program.push_back(skipUnless(kAccess, 0));
    } else {
        program.push_back(instruction(BPF_ALU64 | BPF_MOV | BPF_X, kScratch, kAccess, 0, 0));
        program.push_back(instruction(BPF_ALU64 | BPF_AND | BPF_K, kScratch, 0, 0, bits));
        program.push_back(instruction(BPF_JMP | BPF_JEQ | BPF_K, kScratch, 0, 0, 0));
    }
}

void appendRule(std::vector<bpf_insn>& program, const DeviceRule& rule)
{
    const std::size_t start = program.size();
    if (rule.type != 'a')
        program.push_back(skipUnless(kType, rule.type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR));
    if (rule.major)
        program.push_back(skipUnless(kMajor, static_cast<std::int32_t>(*rule.major)));
    if (rule.minor)
        program.push_back(skipUnless(kMinor, static_cast<std::int32_t>(*rule.minor)));
    appendAccess(program, rule);
    const std::size_t matched = program.size();
    appendReturn(program, rule.isAllowed);
    for (std::size_t at = start; at < matched; ++at) {
        if ((program[at].code & 7U) == BPF_JMP)
            program[at].off = static_cast<std::int16_t>(program.size() - at - 1);
    }
}

const std::array<DeviceRule, 11>& alwaysAllowed()
{
    static const std::array<DeviceRule, 11> rules{ {
        { true, 'c', {}, {}, "m" }, { true, 'b', {}, {}, "m" }, { true, 'c', 1, 3, "rwm" }, // null
        { true, 'c', 1, 5, "rwm" }, // zero
        { true, 'c', 1, 7, "rwm" }, // full
        { true, 'c', 1, 8, "rwm" }, // random
        { true, 'c', 1, 9, "rwm" }, // urandom
        { true, 'c', 5, 0, "rwm" }, // tty
        { true, 'c', 5, 1, "rwm" }, // console
        { true, 'c', 5, 2, "rwm" }, // ptmx
        { true, 'c', 136, {}, "rwm" }, // pts
    } };
    return rules;
}

} // namespace

std::vector<bpf_insn> deviceProgram(const std::vector<DeviceRule>& rules)
{
    std::vector<bpf_insn> program;
    // access_type: the kind of device in the lower half, the access in the upper (bpf_cgroup_dev_ctx)
    program.push_back(load(kType, offsetof(bpf_cgroup_dev_ctx, access_type)));
    program.push_back(instruction(BPF_ALU64 | BPF_MOV | BPF_X, kAccess, kType, 0, 0));
    program.push_back(instruction(BPF_ALU64 | BPF_AND | BPF_K, kType, 0, 0, 0xffff));
    program.push_back(instruction(BPF_ALU64 | BPF_RSH | BPF_K, kAccess, 0, 0, 16));
    program.push_back(load(kMajor, offsetof(bpf_cgroup_dev_ctx, major)));
    program.push_back(load(kMinor, offsetof(bpf_cgroup_dev_ctx, minor)));
    for (const auto& rule : alwaysAllowed())
        appendRule(program, rule);
    for (auto rule = rules.rbegin(); rule != rules.rend(); ++rule)
        appendRule(program, *rule);
    appendReturn(program, true);
    return program;
}

bool deniesDevices(const std::vector<DeviceRule>& rules)
{
    return std::any_of(rules.begin(), rules.end(), [](const DeviceRule& rule) { return !rule.isAllowed; });
}

bool deniesOnlyAll(const std::vector<DeviceRule>& rules)
{
    return std::all_of(rules.begin(), rules.end(), [](const DeviceRule& rule) {
        return rule.isAllowed || (rule.type == 'a' && !rule.major && !rule.minor && accessBits(rule.access) == 7);
    });
}

} // namespace twinhull::runtime
