// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/guest/boot_marks.h"
#include "core/guest/guest_modules.h"
#include "core/guest/guest_output.h"
#include "core/guest/uevents.h"
#include "core/ipc/guest_setup.h"

#include <optional>

#include <sys/types.h>

namespace twinhull {

/// The way from the kernel's first process to the image's entrypoint, once.
class GuestBoot {
public:
    /// On failure error() says why, and the agent still tells it.
    void run();

    const BootMarks& marks() const { return m_marks; }
    const GuestSetup& setup() const { return m_setup; }
    const std::optional<Error>& error() const { return m_error; }
    pid_t entrypoint() const { return m_entrypoint; } ///< -1 after a failure
    const UniqueFd& console() const { return m_console; }
    const GuestOutput* output() const { return m_output ? &*m_output : nullptr; } ///< null without an entrypoint

    /// What the agent's port needs; late, because the entrypoint does not wait for it.
    Result<> loadAgentModules();

private:
    Result<> bootUpToEntrypoint();
    Result<> readSetup();
    Result<> prepareHardware();
    Result<> enterImage();
    Result<> connectNetwork();
    void mark(const char* name);

    BootMarks m_marks;
    GuestSetup m_setup;
    ModulePlan m_modules;
    UniqueFd m_moduleFolder; ///< of the initramfs, out of sight once the root is switched
    UniqueFd m_console;
    std::optional<GuestOutput> m_output;
    std::optional<Uevents> m_uevents;
    std::optional<Error> m_error;
    pid_t m_entrypoint = -1;
};

} // namespace twinhull
