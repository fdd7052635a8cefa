// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/unique_fd.h"
#include "core/ipc/keeper_arguments.h"
#include "core/ipc/keeper_messages.h"

#include <string>

namespace twinhull {

/// A connection to the network-keeper of a person; while it is open the keeper stays.
class KeeperLink {
public:
    /// NotFound where none answers in that folder. Blocks for as long as one does something else.
    static Result<KeeperLink> find(const std::string& folder);
    /// Starts `program` where none does. Blocks for as long as that takes.
    static Result<KeeperLink> open(const std::string& program, const KeeperArguments& arguments);

    /// Blocks for the answer. The keeper gets a copy of the descriptor; -1: none.
    Result<KeeperReply> ask(const KeeperRequest& request, int given = -1);
    int fd() const { return m_socket.fd(); } ///< readable when the keeper has ended

private:
    explicit KeeperLink(UniqueFd socket) : m_socket(std::move(socket)) { }

    UniqueFd m_socket;
};

} // namespace twinhull
