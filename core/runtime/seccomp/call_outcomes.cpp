// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/seccomp/call_outcomes.h"

#include <linux/seccomp.h>

#include <algorithm>
#include <cstddef>

namespace twinhull::runtime {

namespace {

constexpr std::uint32_t kNumberOffset = offsetof(seccomp_data, nr);
constexpr std::uint32_t kArchitectureOffset = offsetof(seccomp_data, arch);

/// What the accumulator holds.
enum class Loaded { Nothing, Number, Architecture };

/// One run with a known architecture and number, as far as these two decide.
class Run {
public:
    Run(const BpfProgram& program, std::uint32_t architecture, std::uint32_t number)
        : m_program(program), m_architecture(architecture), m_number(number)
    {
    }

    std::optional<CallOutcome> outcome()
    {
        while (m_at < m_program.size()) {
            const sock_filter& instruction = m_program[m_at];
            if (instruction.code == (BPF_RET | BPF_K))
                return CallOutcome{ CallOutcome::Kind::Return, instruction.k };
            const bool isLoad = instruction.code == (BPF_LD | BPF_W | BPF_ABS);
            if (isLoad && instruction.k != kNumberOffset && instruction.k != kArchitectureOffset)
                return CallOutcome{ CallOutcome::Kind::Continue, static_cast<std::uint32_t>(m_at) };
            if (isLoad)
                load(instruction.k);
            else if (!jump(instruction))
                return {};
        }
        return {};
    }

private:
    void load(std::uint32_t offset)
    {
        m_loaded = offset == kNumberOffset ? Loaded::Number : Loaded::Architecture;
        ++m_at;
    }

    bool jump(const sock_filter& instruction)
    {
        if (instruction.code == (BPF_JMP | BPF_JA)) {
            m_at += std::size_t{ 1 } + instruction.k;
            return true;
        }
        const std::uint32_t value = m_loaded == Loaded::Number ? m_number : m_architecture;
        bool isTrue = false;
        if (instruction.code == (BPF_JMP | BPF_JEQ | BPF_K))
            isTrue = value == instruction.k;
        else if (m_loaded != Loaded::Number) // architectures have no order
            return false;
        else if (instruction.code == (BPF_JMP | BPF_JGE | BPF_K))
            isTrue = value >= instruction.k;
        else if (instruction.code == (BPF_JMP | BPF_JGT | BPF_K))
            isTrue = value > instruction.k;
        else
            return false;
        m_at += std::size_t{ 1 } + (isTrue ? instruction.jt : instruction.jf);
        return m_loaded != Loaded::Nothing;
    }

    const BpfProgram& m_program;
    std::uint32_t m_architecture;
    std::uint32_t m_number;
    std::size_t m_at = 0;
    Loaded m_loaded = Loaded::Nothing;
};

/// Every value that a jump compares with, and its successor: between two of them nothing changes.
std::vector<std::uint32_t> boundariesOf(const BpfProgram& program)
{
    std::vector<std::uint32_t> boundaries{ 0 };
    for (const auto& instruction : program) {
        if (BPF_CLASS(instruction.code) != BPF_JMP || instruction.code == (BPF_JMP | BPF_JA))
            continue;
        boundaries.push_back(instruction.k);
        boundaries.push_back(instruction.k + 1); // past the last number it is 0, which is there already
    }
    std::sort(boundaries.begin(), boundaries.end());
    boundaries.erase(std::unique(boundaries.begin(), boundaries.end()), boundaries.end());
    return boundaries;
}

std::optional<std::vector<CallRange>> rangesOf(
    const BpfProgram& program, std::uint32_t architecture, const std::vector<std::uint32_t>& boundaries)
{
    std::vector<CallRange> ranges;
    for (const std::uint32_t number : boundaries) {
        const auto outcome = Run(program, architecture, number).outcome();
        if (!outcome)
            return {};
        if (ranges.empty() || !(ranges.back().outcome == *outcome))
            ranges.push_back({ number, *outcome });
    }
    return ranges;
}

/// The values that a load of the architecture is compared with, by following every way through the program's start.
std::vector<std::uint32_t> architecturesIn(const BpfProgram& program)
{
    std::vector<Loaded> loaded(program.size() + 1, Loaded::Nothing);
    std::vector<std::uint32_t> values;
    for (std::size_t at = 0; at < program.size(); ++at) { // jumps lead forward only
        const auto& instruction = program[at];
        if (instruction.code == (BPF_LD | BPF_W | BPF_ABS))
            loaded[at] = instruction.k == kArchitectureOffset ? Loaded::Architecture : Loaded::Number;
        if (BPF_CLASS(instruction.code) == BPF_RET)
            continue;
        const bool isConditional = BPF_CLASS(instruction.code) == BPF_JMP && instruction.code != (BPF_JMP | BPF_JA);
        const bool isJump = BPF_CLASS(instruction.code) == BPF_JMP;
        if (isConditional && loaded[at] == Loaded::Architecture)
            values.push_back(instruction.k);
        const std::size_t first = isConditional ? instruction.jt : isJump ? instruction.k : 0;
        const std::size_t second = isConditional ? instruction.jf : first;
        for (const std::size_t distance : { first, second }) {
            const std::size_t target = std::min(at + 1 + distance, program.size());
            if (loaded[at] == Loaded::Architecture || loaded[target] == Loaded::Nothing)
                loaded[target] = loaded[at]; // one way with the architecture is enough: a value too many costs nothing
        }
    }
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return values;
}

/// One that is not among them.
std::uint32_t otherThan(const std::vector<std::uint32_t>& values)
{
    std::uint32_t other = 0;
    while (std::find(values.begin(), values.end(), other) != values.end())
        ++other;
    return other;
}

} // namespace

std::optional<CallOutcomes> callOutcomes(const BpfProgram& program)
{
    const auto boundaries = boundariesOf(program);
    const auto architectures = architecturesIn(program);
    CallOutcomes outcomes;
    auto others = rangesOf(program, otherThan(architectures), boundaries);
    if (!others)
        return {};
    outcomes.others = *std::move(others);
    for (const std::uint32_t architecture : architectures) {
        auto ranges = rangesOf(program, architecture, boundaries);
        if (!ranges)
            return {};
        outcomes.architectures.push_back({ architecture, *std::move(ranges) });
    }
    return outcomes;
}

} // namespace twinhull::runtime
