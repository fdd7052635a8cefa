// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/watched_file.h"

#include "core/base/files.h"

#include <sys/stat.h>

namespace twinhull {

Result<> notCancelled(const JobContext& context)
{
    return context.isCancelled() ? Error{ ErrorCode::Cancelled, "cancelled", 0, {} } : Result<>();
}

Result<ByteSource> openWatched(const std::string& path, JobContext& context)
{
    auto file = openPath(path, O_RDONLY | O_NONBLOCK); // a FIFO must not be waited for
    if (!file)
        return std::move(file).error();
    struct stat info { };
    if (::fstat(file->fd(), &info) != 0 || !S_ISREG(info.st_mode))
        return Error{ ErrorCode::InvalidArgument, path + " is not a file", 0, {} };
    return ByteSource([source = sourceOf(*std::move(file)), &context, done = qint64{ 0 },
                          total = qint64{ info.st_size }]() mutable -> Result<std::string_view> {
        if (auto go = notCancelled(context); !go)
            return std::move(go).error();
        auto block = source();
        if (block) {
            done += static_cast<qint64>(block->size());
            context.setProgress(done, total);
        }
        return block;
    });
}

} // namespace twinhull
