// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/subprocess.h"

#include <unistd.h>

#include <string>
#include <vector>

namespace twinhull::test {

/// A user of this computer for one test, with or without subordinate ids; gone at the end, files and all. Needs root.
class OrdinaryUser {
public:
    enum class SubordinateIds { Yes, No };

    explicit OrdinaryUser(SubordinateIds ids) : m_name("thtest" + std::to_string(::getpid()))
    {
        isMade = changesUsers({ "useradd", "--create-home", "--home-dir", home(), "--key", "SUB_UID_COUNT=0", "--key",
            "SUB_GID_COUNT=0", m_name });
        if (isMade && ids == SubordinateIds::Yes)
            isMade = changesUsers(
                { "usermod", "--add-subuids", "700000-765535", "--add-subgids", "700000-765535", m_name });
    }
    ~OrdinaryUser()
    {
        (void)changesUsers({ "userdel", "--force", m_name });
        (void)runs({ "rm", "-rf", home() });
    }
    OrdinaryUser(const OrdinaryUser&) = delete;
    OrdinaryUser& operator=(const OrdinaryUser&) = delete;

    std::string name() const { return m_name; }
    std::string home() const { return "/tmp/" + m_name; }
    void own(const std::string& path) const { (void)runs({ "chown", "-R", m_name + ":", path }); }

    /// What has to stand before a program to run it as this user.
    std::vector<std::string> prefix() const
    {
        return { "setpriv", "--reuid", m_name, "--regid", m_name, "--init-groups", "env", "-i", "HOME=" + home(),
            "XDG_RUNTIME_DIR=" + home(), "PATH=/usr/bin:/bin" };
    }

    bool isMade = false;

private:
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
