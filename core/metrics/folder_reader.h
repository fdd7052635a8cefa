// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <dirent.h>

#include <memory>
#include <string>

namespace twinhull {

/// The entries of a folder of the kernel's, one after the other. A folder that is gone has none.
class FolderReader {
public:
    explicit FolderReader(const std::string& path) : m_folder(::opendir(path.c_str())) { }

    /// Null at the end; valid until the next call.
    const dirent* nextEntry() const { return m_folder ? ::readdir(m_folder.get()) : nullptr; }
    /// The same as a name.
    const char* next() const
    {
        const dirent* entry = nextEntry();
        return entry ? entry->d_name : nullptr;
    }

private:
    struct Closer {
        void operator()(DIR* folder) const noexcept { ::closedir(folder); }
    };
    std::unique_ptr<DIR, Closer> m_folder;
};

} // namespace twinhull
