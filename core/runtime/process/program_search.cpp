// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/program_search.h"

#include "core/base/files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace twinhull::runtime {

namespace {

constexpr std::string_view kDefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr std::size_t kPasswdLimitBytes = 1U << 20U;

const std::string* findVariable(const std::vector<std::string>& environment, std::string_view prefix)
{
    for (const auto& entry : environment) {
        if (entry.compare(0, prefix.size(), prefix) == 0)
            return &entry;
    }
    return nullptr;
}

bool isExecutableFile(const std::string& path)
{
    struct stat info { };
    return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

Result<std::string> findPath(const oci::Process& process)
{
    const std::string& name = process.args[0];
    if (name.find('/') != std::string::npos)
        return name;
    const std::string* variable = findVariable(process.env, "PATH=");
    std::string_view folders = variable != nullptr ? std::string_view(*variable).substr(5) : kDefaultPath;
    while (!folders.empty()) {
        const auto end = std::min(folders.find(':'), folders.size());
        const std::string candidate = std::string(folders.substr(0, end)) + "/" + name;
        if (end > 0 && isExecutableFile(candidate))
            return candidate;
        folders.remove_prefix(std::min(end + 1, folders.size()));
    }
    return Error{ ErrorCode::NotFound, "start " + name + ": executable file not found in the container's PATH", ENOENT,
        "Give the full path, or an image that has it" };
}

std::string ownHome(std::uint32_t uid)
{
    struct stat info { };
    if (::stat("/etc/passwd", &info) != 0 || !S_ISREG(info.st_mode)) // a fifo of the image would hold us
        return homeOf({}, uid);
    auto text = readFile("/etc/passwd", kPasswdLimitBytes);
    return homeOf(text ? std::string_view(*text) : std::string_view(), uid);
}

/// Field `index` of a line of passwd(5).
std::string_view fieldOf(std::string_view line, int index)
{
    for (; index > 0; --index) {
        const auto colon = line.find(':');
        if (colon == std::string_view::npos)
            return {};
        line.remove_prefix(colon + 1);
    }
    return line.substr(0, line.find(':'));
}

} // namespace

std::string homeOf(std::string_view passwd, std::uint32_t uid)
{
    const std::string wanted = std::to_string(uid);
    while (!passwd.empty()) {
        const auto end = std::min(passwd.find('\n'), passwd.size());
        const auto line = passwd.substr(0, end);
        const auto home = fieldOf(line, 5);
        if (fieldOf(line, 2) == wanted && !home.empty() && home[0] == '/')
            return std::string(home);
        passwd.remove_prefix(std::min(end + 1, passwd.size()));
    }
    return "/";
}

Result<ProgramCall> findProgramCall(const oci::Process& process)
{
    auto path = findPath(process);
    if (!path)
        return std::move(path).error();
    ProgramCall call{ *std::move(path), process.env };
    if (findVariable(process.env, "HOME=") == nullptr)
        call.environment.push_back("HOME=" + ownHome(process.user.uid));
    return call;
}

Result<> requireProgram(const oci::Process& process)
{
    auto found = findPath(process);
    if (!found)
        return std::move(found).error();
    struct stat info { };
    const std::string path = (*found)[0] == '/' ? *found : process.cwd + "/" + *found;
    if (::stat(path.c_str(), &info) != 0)
        return errno == ENOENT || errno == ENOTDIR ? Result<>(describeExecFailure(ENOENT, *found)) : Result<>();
    return S_ISREG(info.st_mode) ? Result<>() : Result<>(describeExecFailure(EACCES, *found));
}

Error describeExecFailure(int number, const std::string& path)
{
    Error error = Error::fromErrno(number, "start " + path);
    switch (number) {
    case ENOENT:
        return std::move(error).withHint("The program, or the interpreter in its first line, is not in the image");
    case EACCES:
        return std::move(error).withHint("Is the file executable, and may the container's user reach it?");
    case ENOEXEC:
        return std::move(error).withHint("The file is neither a program for this processor nor a script with #!");
    default:
        return error;
    }
}

} // namespace twinhull::runtime
