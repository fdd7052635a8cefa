// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/sealed_file.h"

#include "core/base/files.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

namespace twinhull {

namespace {

constexpr unsigned kSealable = MFD_CLOEXEC | MFD_ALLOW_SEALING;
constexpr unsigned kExecutable = 0x10; ///< MFD_EXEC, since 6.3 and in newer headers

Result<UniqueFd> filledAndSealed(Result<UniqueFd> file, std::string_view bytes)
{
    if (!file)
        return file;
    if (auto written = writeAll(*file, bytes); !written)
        return std::move(written).error();
    if (::fcntl(file->fd(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
        return Error::fromErrno(errno, "seal a file in memory");
    if (::lseek(file->fd(), 0, SEEK_SET) != 0) // whose standard input it becomes reads it from its start
        return Error::fromErrno(errno, "read a file in memory from its start");
    return file;
}

Result<UniqueFd> madeInMemory(const char* name, unsigned flags)
{
    UniqueFd file(::memfd_create(name, flags));
    return file ? Result<UniqueFd>(std::move(file)) : Error::fromErrno(errno, "make a file in memory");
}

} // namespace

Result<UniqueFd> sealedFile(const std::string& name, std::string_view bytes)
{
    return filledAndSealed(madeInMemory(name.c_str(), kSealable), bytes);
}

Result<UniqueFd> sealedProgram(const std::string& name, std::string_view bytes)
{
    return filledAndSealed(programInMemory(name.c_str()), bytes);
}

Result<UniqueFd> programInMemory(const char* name)
{
    auto file = madeInMemory(name, kSealable | kExecutable);
    if (!file && file.error().sysErrno == EINVAL) // an older kernel, where all of them can be executed
        return madeInMemory(name, kSealable);
    if (!file && file.error().sysErrno == EACCES)
        return std::move(file).error().withHint("The sysctl vm.memfd_noexec is 2 here: 1 is enough, or 0");
    return file;
}

} // namespace twinhull
