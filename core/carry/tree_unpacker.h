// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/unique_fd.h"
#include "core/carry/carry_message.h"

#include <vector>

namespace twinhull {

/// What becomes of the owners and the set-id bits that a stream tells.
enum class CarriedOwner {
    Ours, ///< all belongs to whoever runs this, without set-id bits
    Kept, ///< as told; without the right to do so (EPERM) ours
};

/// Where a stream goes, as whoever asked wrote it.
struct UnpackRequest {
    std::string path; ///< a slash at its end asks for a folder
    std::string name; ///< that it gets in a folder that is there; empty: a folder's content goes right into it
    CarriedOwner owner = CarriedOwner::Ours;
};

struct CarryLimits {
    std::uint64_t bytes = 64ULL << 30U; ///< sum of what is written
    std::uint64_t entries = 2'000'000;
};

/// Makes files of a stream, which may be hostile: the path of the request is the asker's and is resolved as any path,
/// but below it no link is followed, and nothing is touched beside what the stream's names stand for. A file becomes
/// visible whole, under its name at its end; what was there under that name is replaced, unless one of both is a
/// folder. Folders that are there are filled further. After an error the file in the making is gone, the others stay.
class TreeUnpacker {
public:
    explicit TreeUnpacker(UnpackRequest request, CarryLimits limits = {});
    ~TreeUnpacker();
    TreeUnpacker(const TreeUnpacker&) = delete;
    TreeUnpacker& operator=(const TreeUnpacker&) = delete;

    /// A Failed becomes the error it tells.
    Result<> take(const CarryMessage& message);
    bool isDone() const { return m_isDone; }

private:
    struct Level {
        UniqueFd folder;
        std::string name;
        CarryAttributes attributes;
        bool staysAsItIs = false;
    };
    struct Making { ///< a file that has no name yet
        UniqueFd file;
        std::string partial;
        std::string name;
        CarryMessage begin;
    };

    Result<> takeFirst(const CarryMessage& first);
    Result<> placeInside(UniqueFd folder, const CarryMessage& first);
    Result<> placeOver(const UniqueFd& there, const CarryMessage& first);
    Result<> placeNew(const CarryMessage& first);
    Result<> add(int parent, const std::string& name, const CarryMessage& message);
    Result<> openFolder(int parent, const std::string& name, const CarryMessage& message);
    Result<> closeFolder();
    Result<> beginFile(int parent, const std::string& name, const CarryMessage& message);
    Result<> write(const CarryMessage& piece);
    Result<> endFile();
    Result<> addLink(int parent, const std::string& name, const CarryMessage& message);
    Result<> rename(int parent, const std::string& partial, const std::string& name);
    Result<> apply(const UniqueFd& file, const CarryAttributes& attributes);
    int here() const { return m_levels.empty() ? m_parent.fd() : m_levels.back().folder.fd(); }
    std::string nextPartial();

    UnpackRequest m_request;
    CarryLimits m_limits;
    UniqueFd m_parent; ///< where the first of the stream goes
    std::vector<Level> m_levels;
    Making m_making;
    std::uint64_t m_bytes = 0;
    std::uint64_t m_entries = 0;
    /// The next file in the making: a killed one may have left its own, and numbers of processes come again.
    std::int64_t m_partials = wallClockNanoseconds();
    bool m_isDone = false;
};

} // namespace twinhull
