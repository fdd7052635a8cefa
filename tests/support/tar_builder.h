// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace twinhull::test {

/// One ustar member, as honest or hostile as the test wants it (tar(5)).
struct TarMember {
    std::string path; ///< at most 100 bytes, written as it is
    char type = '0'; ///< '0' file, '1' hard link, '2' symbolic link, '3' character device, '5' folder, '6' fifo
    std::string content = {};
    std::string link = {};
    unsigned mode = 0644;
    unsigned uid = 0;
    unsigned gid = 0;
    unsigned deviceMajor = 0;
    unsigned deviceMinor = 0;
    long long claimedSize = -1; ///< another size than the content's
};

/// Builds a tar byte by byte, so that archives no honest tool writes can be made.
class TarBuilder {
public:
    TarBuilder& add(const TarMember& member);
    TarBuilder& file(const std::string& path, const std::string& content);
    TarBuilder& folder(const std::string& path);
    /// With the two empty blocks that end an archive.
    std::string build() const;

private:
    std::string m_bytes;
};

} // namespace twinhull::test
