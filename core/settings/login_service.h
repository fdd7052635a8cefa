// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/base/result.h"

#include <string>
#include <vector>

namespace twinhull {

/// What starts containers again after a logout or a restart of the computer: a unit of the person's own systemd
/// (systemd.unit(5), systemd.service(5)) that runs `twinhullctl autostart run` once at each start of that systemd. All
/// of this blocks for as long as a few small files take, reloadUserManager() for longer.
struct LoginService {
    std::string unitFolder; ///< absolute: $XDG_CONFIG_HOME/systemd/user
    std::string program; ///< absolute path of twinhullctl; empty: nowhere found
    std::vector<std::string> environment; ///< KEY=VALUE, by which that program finds the same folders as this one

    static LoginService of(const DataFolders& folders);

    std::string unitPath() const;
    std::string linkPath() const; ///< that has it started
    std::string unitText() const;
    bool isEnabled() const;
    bool isCurrent() const; ///< the file there says what would be written now; false when there is none

    Result<> enable() const; ///< writes both; nothing is started before the next login
    Result<> disable() const; ///< removes both; what runs goes on. Success when there is neither
};

/// Whether the person's systemd starts with the computer and stays after the last logout (loginctl enable-linger).
enum class Lingering {
    On,
    Off,
    Unknown, ///< this computer has no systemd-logind
};
Lingering lingering();

/// Has the person's systemd read its units again. Unavailable where there is none, or none that answers within 10 s: it
/// reads them when it starts.
Result<> reloadUserManager();

} // namespace twinhull
