// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/login_service.h"

#include "core/base/files.h"
#include "core/base/subprocess.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>

namespace twinhull {

namespace {

using namespace std::chrono_literals;

constexpr const char* kUnitName = "twinhull-autostart.service";
constexpr const char* kLinkFolder = "/default.target.wants"; // what a user's systemd starts, systemd.special(7)
constexpr std::size_t kUnitLimitBytes = 64U << 10U;
constexpr std::size_t kAccountLimitBytes = 16U << 10U;
constexpr auto kReloadDeadline = 10s;

/// One word of a unit, whatever is in it: systemd.syntax(7), and % begins a specifier.
std::string unitWord(const std::string& text)
{
    std::string word = "\"";
    for (const char letter : text) {
        if (letter == '"' || letter == '\\')
            word.push_back('\\');
        if (letter == '%')
            word.push_back('%');
        if (letter == '\n')
            word += "\\n";
        else
            word.push_back(letter);
    }
    return word + "\"";
}

/// Success when it is not there.
Result<> removeFile(const std::string& path)
{
    if (::unlink(path.c_str()) != 0 && errno != ENOENT && errno != ENOTDIR)
        return Error::fromErrno(errno, "remove " + path);
    return {};
}

bool isLink(const std::string& path)
{
    struct stat info { };
    return ::lstat(path.c_str(), &info) == 0 && S_ISLNK(info.st_mode);
}

std::string accountName()
{
    std::string buffer(kAccountLimitBytes, '\0');
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
        return {};
    return entry.pw_name;
}

} // namespace

LoginService LoginService::of(const DataFolders& folders)
{
    LoginService service;
    service.unitFolder = std::filesystem::path(folders.config).parent_path().string() + "/systemd/user";
    service.program = findProgram("twinhullctl");
    for (const char* name : { "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME" }) {
        const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nobody sets any here
        if (value != nullptr && *value == '/')
            service.environment.push_back(std::string(name) + "=" + value);
    }
    return service;
}

std::string LoginService::unitPath() const
{
    return unitFolder + "/" + kUnitName;
}

std::string LoginService::linkPath() const
{
    return unitFolder + kLinkFolder + "/" + kUnitName;
}

// When it stops, at the end of the session, what looks after containers is told by SIGTERM and stops them in order: so
// it stays in this unit, and its end is waited for.
std::string LoginService::unitText() const
{
    std::string text = "# Written by Twinhull; removed by: twinhullctl autostart disable\n"
                       "[Unit]\n"
                       "Description=Twinhull: start containers whose restart policy brings them back\n"
                       "\n"
                       "[Service]\n"
                       "Type=oneshot\n"
                       "RemainAfterExit=yes\n"
                       "TimeoutStartSec=infinity\n";
    for (const auto& variable : environment)
        text += "Environment=" + unitWord(variable) + "\n";
    return text + "ExecStart=" + unitWord(program)
        + " autostart run\n"
          "\n"
          "[Install]\n"
          "WantedBy=default.target\n";
}

bool LoginService::isEnabled() const
{
    return isLink(linkPath()) && exists(unitPath());
}

bool LoginService::isCurrent() const
{
    const auto text = readFile(unitPath(), kUnitLimitBytes);
    return text && *text == unitText();
}

Result<> LoginService::enable() const
{
    if (program.empty())
        return Error{ ErrorCode::Unavailable, "start at login: the program twinhullctl is missing", ENOENT,
            "Install Twinhull again, or set TWINHULL_LIBEXEC to the folder it is in" };
    Result<> done = makeFolders(unitFolder + kLinkFolder);
    if (done)
        done = writeFileAtomically(unitPath(), unitText(), 0644);
    if (done)
        done = removeFile(linkPath());
    if (done && ::symlink((std::string("../") + kUnitName).c_str(), linkPath().c_str()) != 0)
        done = Error::fromErrno(errno, "link " + linkPath());
    return std::move(done).withContext("start at login");
}

Result<> LoginService::disable() const
{
    Result<> done = removeFile(linkPath());
    if (done)
        done = removeFile(unitPath());
    return std::move(done).withContext("start at login");
}

Lingering lingering()
{
    if (!exists("/run/systemd/system")) // sd_booted(3)
        return Lingering::Unknown;
    const std::string name = accountName();
    return !name.empty() && exists("/var/lib/systemd/linger/" + name) ? Lingering::On : Lingering::Off;
}

Result<> reloadUserManager()
{
    const std::string systemctl = findExecutable("systemctl");
    if (systemctl.empty())
        return Error{ ErrorCode::Unavailable, "there is no systemctl", ENOENT, {} };
    auto done = runChecked({ { systemctl, "--user", "daemon-reload" }, {}, {} }, kReloadDeadline);
    return done ? Result<>()
                : Result<>(Error{ ErrorCode::Unavailable, "systemd of this session: " + done.error().message, 0, {} });
}

} // namespace twinhull
