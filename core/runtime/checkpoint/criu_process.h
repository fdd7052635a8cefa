// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/runtime/checkpoint/criu_messages.h"
#include "core/runtime/syscalls.h"

#include <functional>
#include <string>
#include <vector>

namespace twinhull::runtime {

/// Where criu's own process starts. Its folders are opened by it, in its mount namespace: it mounts things in them.
struct CriuPlace {
    std::string imagePath; ///< empty: none is needed
    std::string workPath;
    CloneRequest clone; ///< namespaces and cgroup that it is born in
    std::vector<int> passed; ///< descriptors that it finds from kFirstPassed on, in this order
    std::function<Result<>(pid_t)> place; ///< in hull, before criu begins; empty: nothing
    std::function<Result<>()> prepare; ///< in the new process, before criu begins; empty: nothing
};

/// Descriptors as criu knows them.
inline constexpr int kCriuSocket = 3;
inline constexpr int kCriuImages = 4;
inline constexpr int kCriuWork = 5;
inline constexpr int kFirstPassed = 6;

/// A moment that criu stops at; its error makes criu take everything back. `attached`: what came with it.
using MomentSink = std::function<Result<>(const CriuResponse& moment, const UniqueFd& attached)>;

/// One `criu swrk`: started, asked once, and gone at the end of the object. It leads a session of its own, so that the
/// terminal's keys do not end it in the middle, when the container's processes are in its hands; and it does not end
/// with hull: at its next moment it finds nobody there and takes everything back itself.
class CriuProcess {
public:
    /// `program`: a name or a path. Unavailable, with a next step, where it is not installed.
    static Result<> requireProgram(const std::string& program);
    static Result<CriuProcess> start(Syscalls& calls, const std::string& program, const CriuPlace& place);

    CriuProcess(CriuProcess&& other) noexcept = default;
    CriuProcess(const CriuProcess&) = delete;
    CriuProcess& operator=(const CriuProcess&) = delete;
    CriuProcess& operator=(CriuProcess&&) = delete;
    ~CriuProcess();

    /// Sends a request and answers moments until criu has done it or failed: then the response says so, and is no
    /// error; it is of no type where criu ended without one. An error is what hull itself could not do, or what
    /// `onMoment` said.
    Result<CriuResponse> ask(const std::string& request, const MomentSink& onMoment);

    /// What it wrote to its standard error; its last line.
    std::string chatter() const;

private:
    CriuProcess() = default;

    UniqueFd m_pidfd;
    UniqueFd m_socket;
    UniqueFd m_output; ///< its standard output and error, in memory
};

} // namespace twinhull::runtime
