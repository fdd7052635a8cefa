// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/archive_reader.h"

#include <functional>
#include <memory>
#include <string_view>

namespace twinhull {

/// Writes a tar stream (pax) of any size, piece by piece.
class TarStream {
public:
    using Sink = std::function<Result<>(std::string_view)>;

    explicit TarStream(Sink sink);
    ~TarStream();

    /// Files, folders and symbolic links. `entry.bytes` of a file follow by write(); what is missing of them is zeros.
    Result<> begin(const ArchiveEntry& entry);
    Result<> write(std::string_view bytes);
    /// The end of the archive. A stream that was not finished has none.
    Result<> finish();

private:
    struct Private;
    std::unique_ptr<Private> m_d;
};

} // namespace twinhull
