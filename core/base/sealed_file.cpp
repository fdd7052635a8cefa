// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/sealed_file.h"

#include "core/base/files.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

namespace twinhull {

Result<UniqueFd> sealedFile(const std::string& name, std::string_view bytes)
{
    UniqueFd file(::memfd_create(name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!file)
        return Error::fromErrno(errno, "make a file in memory");
    if (auto written = writeAll(file, bytes); !written)
        return std::move(written).error();
    if (::fcntl(file.fd(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
        return Error::fromErrno(errno, "seal a file in memory");
    if (::lseek(file.fd(), 0, SEEK_SET) != 0) // whose standard input it becomes reads it from its start
        return Error::fromErrno(errno, "read a file in memory from its start");
    return file;
}

} // namespace twinhull
