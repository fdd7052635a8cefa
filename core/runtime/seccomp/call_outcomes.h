// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <linux/filter.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace twinhull::runtime {

using BpfProgram = std::vector<sock_filter>;

/// What a seccomp program makes of a system call by its number alone.
struct CallOutcome {
    enum class Kind {
        Return, ///< `value` is what is returned, whatever the arguments are
        Continue, ///< arguments decide: `value` is the instruction that loads the first of them
    };
    Kind kind = Kind::Return;
    std::uint32_t value = 0;

    bool operator==(const CallOutcome& other) const { return kind == other.kind && value == other.value; }
};

/// From this system call number to the next range's first, or to the last number there is.
struct CallRange {
    std::uint32_t first = 0;
    CallOutcome outcome;
};

struct ArchitectureOutcomes {
    std::uint32_t architecture = 0; ///< AUDIT_ARCH_*
    std::vector<CallRange> ranges; ///< ascending, the first at 0, no two neighbours with the same outcome
};

/// What a whole program decides, for every architecture and number.
struct CallOutcomes {
    std::vector<ArchitectureOutcomes> architectures;
    std::vector<CallRange> others; ///< of all architectures that are not named
};

/// Runs the program for every number that it can tell from another one. Nothing for a program with instructions whose
/// result does not follow from comparisons of the number and the architecture (none that libseccomp writes has them).
std::optional<CallOutcomes> callOutcomes(const BpfProgram& program);

} // namespace twinhull::runtime
