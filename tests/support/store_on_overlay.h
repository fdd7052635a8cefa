// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/files.h"
#include "tests/support/temporary_world.h"

#include <linux/magic.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace twinhull::test {

/// The world's store on an overlay, where no other can be mounted, as in a container. Root mounts it, in a mount
/// namespace of this process alone; an ordinary user's world may lie on one already (container_rootless_test).
class StoreOnOverlay {
public:
    explicit StoreOnOverlay(const TemporaryWorld& world) : m_world(world)
    {
        if (::geteuid() == 0)
            m_isMounted = isMountable();
    }
    ~StoreOnOverlay()
    {
        if (m_isMounted)
            (void)::umount2(m_world.folders().data.c_str(), MNT_DETACH); // else it goes with this process
    }
    StoreOnOverlay(const StoreOnOverlay&) = delete;
    StoreOnOverlay& operator=(const StoreOnOverlay&) = delete;

    bool isMounted() const { return m_isMounted; } ///< by this
    bool hasFailed() const { return ::geteuid() == 0 && !isThere(); } ///< then a test fails: root can
    bool isThere() const
    {
        struct statfs store { };
        const std::string place = m_isMounted ? m_world.folders().data : m_world.path().toStdString();
        return ::statfs(place.c_str(), &store) == 0 && store.f_type == OVERLAYFS_SUPER_MAGIC;
    }

private:
    bool isMountable() const
    {
        const std::string data = m_world.folders().data;
        const std::string base = m_world.path().toStdString();
        if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
            return false;
        for (const auto& folder : { data, base + "/low", base + "/up", base + "/work" }) {
            if (!makeFolders(folder))
                return false;
        }
        const std::string options = "lowerdir=" + base + "/low,upperdir=" + base + "/up,workdir=" + base + "/work";
        return ::mount("overlay", data.c_str(), "overlay", 0, options.c_str()) == 0;
    }

    const TemporaryWorld& m_world;
    bool m_isMounted = false;
};

} // namespace twinhull::test
