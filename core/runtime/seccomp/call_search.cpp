// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/seccomp/call_search.h"

#include <linux/seccomp.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>

namespace twinhull::runtime {

namespace {

constexpr std::size_t kFarthest = UINT8_MAX; // of a conditional jump

/// Writes a program from its end to its start: all jumps lead forward, so each target is there before its jump. A
/// place is the number of instructions behind it.
class BackwardWriter {
public:
    using Place = std::size_t;

    Place add(std::uint16_t code, std::uint32_t k)
    {
        m_reversed.push_back({ code, 0, 0, k });
        return m_reversed.size() - 1;
    }
    /// Each value is returned in one place.
    Place addReturn(std::uint32_t value)
    {
        const auto found = m_returns.find(value);
        return found != m_returns.end() ? found->second : m_returns[value] = add(BPF_RET | BPF_K, value);
    }
    Place addJump(std::uint16_t code, std::uint32_t k, Place ifTrue, Place ifFalse)
    {
        ifTrue = nearer(ifTrue);
        ifFalse = nearer(ifFalse);
        m_reversed.push_back({ code, distanceTo(ifTrue), distanceTo(ifFalse), k });
        return m_reversed.size() - 1;
    }
    /// What is added next goes on at `place`.
    void goOnAt(Place place)
    {
        if (place + 1 != m_reversed.size())
            (void)add(BPF_JMP | BPF_JA, static_cast<std::uint32_t>(m_reversed.size() - place - 1));
    }
    BpfProgram finish() const { return { m_reversed.rbegin(), m_reversed.rend() }; }

private:
    std::uint8_t distanceTo(Place place) const { return static_cast<std::uint8_t>(m_reversed.size() - place - 1); }

    /// A step on the way where `place` is too far for a conditional jump, the other target's step included.
    Place nearer(Place place)
    {
        if (m_reversed.size() - place <= kFarthest)
            return place;
        return add(BPF_JMP | BPF_JA, static_cast<std::uint32_t>(m_reversed.size() - place - 1));
    }

    BpfProgram m_reversed;
    std::map<std::uint32_t, Place> m_returns;
};

using Place = BackwardWriter::Place;

bool isConditional(const sock_filter& instruction)
{
    return BPF_CLASS(instruction.code) == BPF_JMP && instruction.code != (BPF_JMP | BPF_JA);
}

/// Where an instruction may lead.
std::vector<std::size_t> successors(const sock_filter& instruction, std::size_t at)
{
    if (BPF_CLASS(instruction.code) == BPF_RET)
        return {};
    if (isConditional(instruction))
        return { at + 1 + instruction.jt, at + 1 + instruction.jf };
    return { at + 1 + (BPF_CLASS(instruction.code) == BPF_JMP ? instruction.k : 0) };
}

std::set<std::size_t> reachableFrom(const BpfProgram& program, const std::set<std::size_t>& starts)
{
    std::set<std::size_t> reached = starts;
    for (std::size_t at = 0; at < program.size(); ++at) { // forward only: each is complete when it is its turn
        if (reached.count(at) == 0)
            continue;
        const auto next = successors(program[at], at);
        reached.insert(next.begin(), next.end());
    }
    return reached;
}

class SearchWriter {
public:
    explicit SearchWriter(const BpfProgram& program) : m_program(program) { }

    BpfProgram write(const CallOutcomes& outcomes)
    {
        writeTails(outcomes);
        Place next = writeArchitecture(outcomes.others);
        std::vector<std::pair<std::uint32_t, Place>> places;
        for (const auto& entry : outcomes.architectures)
            places.emplace_back(entry.architecture, writeArchitecture(entry.ranges));
        for (const auto& [architecture, place] : places)
            next = m_writer.addJump(BPF_JMP | BPF_JEQ | BPF_K, architecture, place, next);
        m_writer.goOnAt(next);
        (void)m_writer.add(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch));
        return m_writer.finish();
    }

private:
    void collectStarts(const std::vector<CallRange>& ranges, std::set<std::size_t>& starts) const
    {
        for (const auto& range : ranges) {
            if (range.outcome.kind == CallOutcome::Kind::Continue)
                starts.insert(range.outcome.value);
        }
    }

    /// All that looks at arguments.
    void writeTails(const CallOutcomes& outcomes)
    {
        std::set<std::size_t> starts;
        collectStarts(outcomes.others, starts);
        for (const auto& entry : outcomes.architectures)
            collectStarts(entry.ranges, starts);
        const auto reached = reachableFrom(m_program, starts);
        for (auto at = reached.rbegin(); at != reached.rend(); ++at)
            m_tails[*at] = writeCopy(*at);
    }

    Place writeCopy(std::size_t at)
    {
        const sock_filter& instruction = m_program[at];
        if (instruction.code == (BPF_RET | BPF_K))
            return m_writer.addReturn(instruction.k);
        const auto next = successors(instruction, at);
        if (isConditional(instruction))
            return m_writer.addJump(instruction.code, instruction.k, m_tails.at(next[0]), m_tails.at(next[1]));
        if (BPF_CLASS(instruction.code) == BPF_JMP)
            return m_tails.at(next[0]);
        if (!next.empty())
            m_writer.goOnAt(m_tails.at(next[0]));
        return m_writer.add(instruction.code, instruction.k);
    }

    Place placeOf(const CallOutcome& outcome)
    {
        return outcome.kind == CallOutcome::Kind::Return ? m_writer.addReturn(outcome.value)
                                                         : m_tails.at(outcome.value);
    }

    Place writeArchitecture(const std::vector<CallRange>& ranges)
    {
        if (ranges.size() == 1)
            return placeOf(ranges[0].outcome);
        for (const auto& range : ranges) // before the search, which they would otherwise stand in the middle of
            (void)placeOf(range.outcome);
        m_writer.goOnAt(writeSearch(ranges, 0, ranges.size()));
        return m_writer.add(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr));
    }

    Place writeSearch(const std::vector<CallRange>& ranges, std::size_t first, std::size_t last)
    {
        if (last - first == 1)
            return placeOf(ranges[first].outcome);
        const std::size_t middle = first + (last - first) / 2;
        const Place above = writeSearch(ranges, middle, last);
        const Place below = writeSearch(ranges, first, middle);
        return m_writer.addJump(BPF_JMP | BPF_JGE | BPF_K, ranges[middle].first, above, below);
    }

    const BpfProgram& m_program;
    BackwardWriter m_writer;
    std::map<std::size_t, Place> m_tails;
};

/// No way leads out of it, as the kernel asks for as well.
bool isWhole(const BpfProgram& program)
{
    for (std::size_t at = 0; at < program.size(); ++at) {
        for (const std::size_t next : successors(program[at], at)) {
            if (next >= program.size())
                return false;
        }
    }
    return !program.empty();
}

} // namespace

BpfProgram searchByNumber(const BpfProgram& program)
{
    const auto outcomes = isWhole(program) ? callOutcomes(program) : std::nullopt;
    if (!outcomes)
        return program;
    auto written = SearchWriter(program).write(*outcomes);
    return written.size() < program.size() ? written : program;
}

} // namespace twinhull::runtime
