// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <string>

namespace twinhull {

/// One FIFO that a container writes to. It is opened for reading and writing at both ends, so that the container meets
/// neither SIGPIPE nor end of file when a monitor dies, and another monitor can take it over with what is still in it.
class OutputFifo {
public:
    /// Makes it when it is not there. The folder must be closed to others: any user inside a container may open its
    /// standard output again by name, so the FIFO itself is open to all.
    static Result<OutputFifo> open(const std::string& path);

    int fd() const { return m_reader.fd(); } ///< for reading; does not block
    /// For a child to write to; blocks when full.
    Result<UniqueFd> writeEnd() const;

    /// What is there now, at most one pipe of it; empty when nothing is.
    std::string read();

private:
    explicit OutputFifo(UniqueFd reader) : m_reader(std::move(reader)) { }

    UniqueFd m_reader;
};

} // namespace twinhull
