// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/subprocess.h"

#include <chrono>
#include <string>

namespace twinhull::runtime {

/// newuidmap or newgidmap while it runs: what they do is mostly their own start, so the two are started together.
class MappingProgram {
public:
    using Clock = std::chrono::steady_clock;

    static Result<MappingProgram> start(const Command& command);

    MappingProgram(MappingProgram&&) = default;
    MappingProgram& operator=(MappingProgram&&) = default;
    ~MappingProgram(); ///< ends it where nobody waited for it

    /// Fails when the exit status is not 0, with the last line of what it said. Past `deadline` it is killed.
    Result<> await(Clock::time_point deadline);

private:
    MappingProgram(std::string name, UniqueFd said, Child child)
        : m_name(std::move(name)), m_said(std::move(said)), m_child(std::move(child))
    {
    }
    Error failure(int status) const;

    std::string m_name;
    UniqueFd m_said; ///< its standard error, in memory
    Child m_child; ///< without a descriptor: reaped
};

} // namespace twinhull::runtime
