// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace twinhull::runtime {

/// One message of rtnetlink(7): a fixed header and attributes.
class RouteMessage {
public:
    /// RTM_*, NLM_F_* beside NLM_F_REQUEST.
    RouteMessage(std::uint16_t type, std::uint16_t flags);

    template <typename Header>
    RouteMessage& with(const Header& header)
    {
        append(&header, sizeof header);
        return *this;
    }
    RouteMessage& with(std::uint16_t attribute, const void* bytes, std::size_t size);
    RouteMessage& with(std::uint16_t attribute, std::uint32_t number);
    RouteMessage& with(std::uint16_t attribute, const std::string& text); ///< with its NUL

    /// Ready to be sent.
    const std::vector<unsigned char>& bytes();

private:
    void append(const void* bytes, std::size_t size);

    std::vector<unsigned char> m_bytes;
};

/// A network device as its namespace shows it.
struct RouteLink {
    int index = 0;
    std::string name;
    unsigned flags = 0; ///< IFF_*
};

/// An address of a device, in the form in which it can be given again.
struct RouteAddress {
    struct Attribute {
        std::uint16_t kind = 0; ///< IFA_*
        std::vector<unsigned char> bytes;
    };
    std::uint8_t family = 0;
    std::uint8_t prefixLength = 0;
    std::vector<Attribute> attributes;
};

/// Where a device goes.
struct LinkMove {
    int index = 0; ///< where it is
    int networkNamespace = -1;
    int newIndex = 0; ///< 0: the kernel's choice
    std::string newName;
};

/// A socket of rtnetlink(7). It speaks for the network namespace that it was opened in, wherever its process goes.
/// Errors are those of the kernel, without context.
class RouteSocket {
public:
    static Result<RouteSocket> open();

    Result<std::optional<RouteLink>> linkNamed(const std::string& name) const;
    Result<std::optional<RouteLink>> linkAt(int index) const;
    Result<int> highestIndex() const;

    /// The kernel takes the device down first; it may move it and fail afterwards: its new name may be taken.
    Result<> moveLink(const LinkMove& move) const;
    /// Does nothing, and needs every right that moving the device takes.
    Result<> checkRights(int index) const;
    Result<> bringUp(int index) const;
    /// For a message that wants an acknowledgement (NLM_F_ACK).
    Result<> change(RouteMessage& message) const;

    /// What an administrator gave: permanent and valid everywhere.
    Result<std::vector<RouteAddress>> permanentAddresses(int index) const;
    Result<> addAddress(int index, const RouteAddress& address) const;

private:
    struct Reply {
        std::uint16_t type = 0;
        std::vector<unsigned char> payload;
    };

    explicit RouteSocket(UniqueFd socket) : m_socket(std::move(socket)) { }
    Result<std::vector<Reply>> ask(RouteMessage& message) const;
    Result<std::optional<RouteLink>> firstLink(RouteMessage& message) const;

    UniqueFd m_socket;
};

} // namespace twinhull::runtime
