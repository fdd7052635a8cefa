// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace twinhull {

/// Where everything rests (XDG base directory specification 0.8). Plain paths without a trailing slash; nothing is made
/// here.
struct DataFolders {
    std::string data; ///< $XDG_DATA_HOME/twinhull, else ~/.local/share/twinhull
    std::string config; ///< $XDG_CONFIG_HOME/twinhull, else ~/.config/twinhull
    std::string cache; ///< $XDG_CACHE_HOME/twinhull, else ~/.cache/twinhull
    std::string
        runtime; ///< $XDG_RUNTIME_DIR/twinhull, else /run/user/UID/twinhull where that exists, else /tmp/twinhull-UID

    std::string images() const { return data + "/images"; }
    std::string layers() const { return data + "/layers"; }
    std::string disks() const { return data + "/disks"; }
    std::string kernels() const { return data + "/kernels"; }
    std::string containers() const { return data + "/containers"; }
    std::string bin() const { return data + "/bin"; } ///< of containers that were removed and can be brought back
    std::string vms() const { return data + "/vms"; }
    std::string volumes() const { return data + "/volumes"; }
    std::string secrets() const { return data + "/secrets"; }
    std::string networks() const { return data + "/networks"; }
    std::string workloads() const { return data + "/workloads"; } ///< definitions of work that a person wrote
    std::string reports() const { return data + "/reports"; } ///< of the comparisons that were made
    /// Of the journal of what happened (core/ipc/event_journal.h); empty, and nothing is noted, where there is no data.
    std::string events() const { return data.empty() ? std::string() : data + "/events"; }
    std::string groups() const { return data + "/groups"; } ///< which workloads a person put together
    std::string history() const { return data + "/history.sqlite"; } ///< a file

    /// From the environment of this process.
    static DataFolders fromEnvironment();
};

/// Absolute path of one of our own programs (hull, hull-monitor, guest-init): $TWINHULL_LIBEXEC, beside this
/// executable,
/// ../libexec/twinhull, then $PATH. Empty when it is nowhere.
std::string findProgram(const std::string& name);

} // namespace twinhull
