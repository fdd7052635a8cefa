// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/copy/tar_carrier.h"

#include "core/images/archive_reader.h"
#include "core/images/tar_stream.h"

#include <algorithm>
#include <array>
#include <climits>
#include <vector>

namespace twinhull {

namespace {

using Path = std::vector<std::string>;

Result<Path> pathIn(const std::string& text)
{
    Path path;
    for (std::size_t start = 0; start < text.size();) {
        const auto end = std::min(text.find('/', start), text.size());
        std::string name = text.substr(start, end - start);
        start = end + 1;
        if (name.empty() || name == ".")
            continue;
        if (!isCarriedName(name))
            return Error{ ErrorCode::Corrupt, "tar: \"" + withoutControls(text) + "\" leads out of its folder", 0, {} };
        path.push_back(std::move(name));
    }
    return path;
}

/// Opens and closes folders so that each thing stands in its own.
class TarPacker {
public:
    explicit TarPacker(const CarrySink& sink) : m_sink(sink) { }

    Result<> pack(ArchiveReader& archive)
    {
        if (auto sent = sendKind(CarryKind::Enter, {}); !sent)
            return sent;
        for (;;) {
            auto entry = archive.next();
            if (!entry)
                return std::move(entry).error();
            if (!*entry)
                break;
            if (auto added = add(**entry, archive); !added)
                return added;
        }
        if (auto left = leaveTo({}); !left)
            return left;
        auto sent = sendKind(CarryKind::FolderEnd, {});
        return sent ? sendKind(CarryKind::Done, {}) : sent;
    }

private:
    Result<> send(const CarryMessage& message) { return m_sink(encodeCarryMessage(message)); }

    Result<> sendKind(CarryKind kind, const std::string& name)
    {
        CarryMessage message;
        message.kind = kind;
        message.name = name;
        return send(message);
    }

    /// Closes what does not lie on the way to `path`.
    Result<> leaveTo(const Path& path)
    {
        const auto same = static_cast<std::size_t>(
            std::mismatch(m_open.begin(), m_open.end(), path.begin(), path.end()).first - m_open.begin());
        while (m_open.size() > same) {
            m_open.pop_back();
            if (auto sent = sendKind(CarryKind::FolderEnd, {}); !sent)
                return sent;
        }
        return {};
    }

    Result<> enter(const Path& folder)
    {
        if (auto left = leaveTo(folder); !left)
            return left;
        while (m_open.size() < folder.size()) {
            m_open.push_back(folder[m_open.size()]);
            if (auto sent = sendKind(CarryKind::Enter, m_open.back()); !sent)
                return sent;
        }
        return {};
    }

    Result<> add(const ArchiveEntry& entry, ArchiveReader& archive)
    {
        auto path = pathIn(entry.path);
        if (!path)
            return std::move(path).error();
        if (path->empty())
            return {}; // the folder itself
        CarryMessage message;
        message.name = std::move(path->back());
        path->pop_back();
        message.attributes = { entry.permissions, entry.uid, entry.gid, entry.modified.tv_sec,
            static_cast<std::uint32_t>(std::clamp<long>(entry.modified.tv_nsec, 0, 999'999'999)) };
        if (auto entered = enter(*path); !entered)
            return entered;
        switch (entry.type) {
        case ArchiveEntry::Type::Folder:
            message.kind = CarryKind::Folder;
            m_open.push_back(message.name);
            return send(message);
        case ArchiveEntry::Type::File:
            return addFile(entry, std::move(message), archive).withContext(withoutControls(entry.path));
        case ArchiveEntry::Type::Symlink:
            message.kind = CarryKind::Symlink;
            message.text = entry.linkTarget;
            return send(message);
        default:
            return Error{ ErrorCode::Unsupported, "tar: " + withoutControls(entry.path) + " is a device or a hard link",
                0, "Make the archive without them: tar --hard-dereference" };
        }
    }

    Result<> addFile(const ArchiveEntry& entry, CarryMessage message, ArchiveReader& archive)
    {
        message.kind = CarryKind::File;
        message.bytes = entry.bytes;
        if (auto sent = send(message); !sent)
            return sent;
        for (;;) {
            auto block = archive.readBlock();
            if (!block)
                return std::move(block).error();
            if (!*block)
                return sendKind(CarryKind::FileEnd, {});
            if (auto sent = sendBlock(**block); !sent)
                return sent;
        }
    }

    Result<> sendBlock(ArchiveBlock block)
    {
        CarryMessage piece;
        piece.kind = CarryKind::Bytes;
        for (std::size_t at = 0; at < block.bytes.size(); at += kCarryBytesLimit) {
            piece.bytes = static_cast<std::uint64_t>(block.offset) + at;
            piece.text = block.bytes.substr(at, kCarryBytesLimit);
            if (auto sent = send(piece); !sent)
                return sent;
        }
        return {};
    }

    const CarrySink& m_sink;
    Path m_open; ///< the folders that are open
};

class TarTaker {
public:
    TarTaker(std::string name, CarrySink sink) : m_tar(std::move(sink)), m_path{ std::move(name) } { }

    Result<> take(const CarryMessage& message)
    {
        switch (message.kind) {
        case CarryKind::Folder:
        case CarryKind::Enter:
            return beginFolder(message);
        case CarryKind::FolderEnd:
            if (m_path.size() > 1)
                m_path.pop_back();
            return {};
        case CarryKind::File:
            m_at = 0;
            return begin(message, ArchiveEntry::Type::File);
        case CarryKind::Symlink:
            return begin(message, ArchiveEntry::Type::Symlink);
        case CarryKind::Bytes:
            return write(message);
        case CarryKind::FileEnd:
        case CarryKind::LeftOut:
            return {};
        case CarryKind::Done:
            return m_tar.finish();
        case CarryKind::Listed:
            return Error{ ErrorCode::Corrupt, "stream of files: out of order", 0, {} };
        case CarryKind::Failed:
            return Error{ message.code, withoutControls(message.text), 0, {} };
        }
        return {};
    }

private:
    std::string pathOf(const CarryMessage& message) const
    {
        std::string path;
        for (const auto& name : m_path)
            path += (path.empty() ? "" : "/") + name;
        return message.name.empty() ? path : path + "/" + message.name;
    }

    Result<> beginFolder(const CarryMessage& message)
    {
        constexpr std::size_t kMostFolders = 256;
        if (m_path.size() > kMostFolders)
            return Error{ ErrorCode::Corrupt, "too many folders in each other", 0, {} };
        auto begun = begin(message, ArchiveEntry::Type::Folder);
        m_path.push_back(message.name);
        if (message.name.empty())
            m_path.pop_back();
        return begun;
    }

    Result<> begin(const CarryMessage& message, ArchiveEntry::Type type)
    {
        ArchiveEntry entry;
        entry.path = pathOf(message);
        entry.type = type;
        entry.linkTarget = message.text;
        entry.permissions = message.attributes.permissions;
        entry.uid = message.attributes.uid;
        entry.gid = message.attributes.gid;
        entry.modified = { message.attributes.modifiedSeconds, message.attributes.modifiedNanoseconds };
        entry.bytes = type == ArchiveEntry::Type::File ? message.bytes : 0;
        m_size = entry.bytes;
        return m_tar.begin(entry);
    }

    Result<> write(const CarryMessage& piece)
    {
        static constexpr std::array<char, 65536> kZeros{};
        if (piece.bytes < m_at || piece.bytes + piece.text.size() > m_size)
            return Error{ ErrorCode::Corrupt, "stream of files: out of order", 0, {} };
        while (m_at < piece.bytes) {
            const auto hole = std::min<std::uint64_t>(piece.bytes - m_at, kZeros.size());
            if (auto written = m_tar.write({ kZeros.data(), hole }); !written)
                return written;
            m_at += hole;
        }
        m_at += piece.text.size();
        return m_tar.write(piece.text);
    }

    TarStream m_tar;
    Path m_path; ///< where the next thing lies
    std::uint64_t m_at = 0; ///< in the file that is written
    std::uint64_t m_size = 0;
};

} // namespace

Result<> packTar(ByteSource source, const CarrySink& sink)
{
    auto archive = ArchiveReader::open(std::move(source), ArchiveReader::Format::Tar);
    if (!archive)
        return std::move(archive).error();
    return TarPacker(sink).pack(*archive);
}

CarryTaker tarTaker(std::string name, CarrySink sink)
{
    auto taker = std::make_shared<TarTaker>(std::move(name), std::move(sink));
    return [taker](const CarryMessage& message) { return taker->take(message); };
}

} // namespace twinhull
