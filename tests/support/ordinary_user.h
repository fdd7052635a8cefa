// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/files.h"
#include "core/base/subprocess.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace twinhull::test {

/// A user of this computer for one test, with or without subordinate ids; gone at the end, files and all. Where the
/// test is not run by root it is whoever runs it, with the subordinate ids that are there.
class OrdinaryUser {
public:
    enum class SubordinateIds { Yes, No };

    explicit OrdinaryUser(SubordinateIds ids) : m_name("thtest" + std::to_string(::getpid()))
    {
        if (isMyself()) {
            const passwd* entry = ::getpwuid(::geteuid());
            m_name = entry != nullptr ? entry->pw_name : std::to_string(::geteuid());
            isMade = (ids == SubordinateIds::No || firstSubordinateId() != 0) && runs({ "mkdir", home() });
            return;
        }
        isMade = changesUsers({ "useradd", "--create-home", "--home-dir", home(), "--key", "SUB_UID_COUNT=0", "--key",
            "SUB_GID_COUNT=0", m_name });
        if (isMade && ids == SubordinateIds::Yes)
            isMade = changesUsers(
                { "usermod", "--add-subuids", "700000-765535", "--add-subgids", "700000-765535", m_name });
    }
    ~OrdinaryUser()
    {
        if (!isMyself())
            (void)changesUsers({ "userdel", "--force", m_name });
        (void)runs({ "chmod", "-R", "u+rwX", home() }); // overlayfs leaves a folder that is closed to all but root
        (void)runs({ "rm", "-rf", home() });
    }
    OrdinaryUser(const OrdinaryUser&) = delete;
    OrdinaryUser& operator=(const OrdinaryUser&) = delete;

    std::string name() const { return m_name; }
    std::string home() const { return "/tmp/thtest" + std::to_string(::getpid()); }
    static bool isMyself() { return ::geteuid() != 0; }

    /// The range that `SubordinateIds::Yes` gives starts here, in both files; 0 where there is none.
    std::uint32_t firstSubordinateId() const
    {
        if (!isMyself())
            return kFirst;
        auto text = readFile("/etc/subuid"); // NAME:FIRST:COUNT
        const std::string start = "\n" + m_name + ":";
        const auto line = text ? ("\n" + *text).find(start) : std::string::npos;
        return line == std::string::npos
            ? 0
            : static_cast<std::uint32_t>(std::strtoul(text->c_str() + line + start.size() - 1, nullptr, 10));
    }

    void own(const std::string& path) const { (void)runs({ "chown", "-R", m_name + ":", path }); }

    /// What has to stand before a program to run it as this user.
    std::vector<std::string> prefix() const
    {
        std::vector<std::string> words{ "env", "-i", "HOME=" + home(), "XDG_RUNTIME_DIR=" + home(),
            "PATH=/usr/bin:/bin" };
        if (!isMyself())
            words.insert(words.begin(), { "setpriv", "--reuid", m_name, "--regid", m_name, "--init-groups" });
        return words;
    }

    bool isMade = false;

private:
    static constexpr std::uint32_t kFirst = 700'000;

    /// One at a time: they do not wait for each other, they fail. The file is there to be locked (flock(1)).
    static bool changesUsers(std::vector<std::string> words)
    {
        words.insert(words.begin(), { "flock", "/etc/login.defs" });
        return runs(words);
    }

    static bool runs(const std::vector<std::string>& words)
    {
        return static_cast<bool>(runChecked({ words, {}, {} }, std::chrono::seconds(30)));
    }

    std::string m_name;
};

} // namespace twinhull::test
