// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/cgroups/intent_note.h"

#include <unistd.h>

#include <cerrno>
#include <climits>

namespace twinhull::runtime {

Result<> writeNote(int stateFolder, const char* name, const std::string& text)
{
    if (::symlinkat(text.c_str(), stateFolder, name) == 0)
        return {};
    if (errno == EEXIST && ::unlinkat(stateFolder, name, 0) == 0 && ::symlinkat(text.c_str(), stateFolder, name) == 0)
        return {};
    return Error::fromErrno(errno, "note the cgroup to be made");
}

void dropNote(int stateFolder, const char* name)
{
    (void)::unlinkat(stateFolder, name, 0); // one that stays names what is looked up and not found
}

std::string readNote(const UniqueFd& stateFolder, const char* name)
{
    char text[PATH_MAX];
    const ssize_t length = ::readlinkat(stateFolder.fd(), name, text, sizeof text);
    return length > 0 ? std::string(text, static_cast<std::size_t>(length)) : std::string();
}

} // namespace twinhull::runtime
