// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/ctl.h"
#include "tests/support/temporary_world.h"

#include <QJsonArray>
#include <QJsonObject>

namespace twinhull::test {

/// A private world with the starter image, made and used by twinhullctl alone. At its end its containers are removed;
/// where that fails, so does the test.
class CtlWorld {
public:
    CtlWorld() : m_made(ctl({ "images", "starter" })) { }
    ~CtlWorld();
    CtlWorld(const CtlWorld&) = delete;
    CtlWorld& operator=(const CtlWorld&) = delete;

    /// Why the world cannot be used; empty when it can.
    QString problem() const { return m_made.exitCode == 0 ? QString() : m_made.text(); }
    QString path(const QString& below = {}) const { return m_world.path(below); }
    const DataFolders& folders() const { return m_world.folders(); }

    static QJsonArray containers() { return ctl({ "list", "--kind", "container", "--json" }).json().array(); }
    /// The container, where there is exactly one.
    static QJsonObject only()
    {
        const auto all = containers();
        return all.size() == 1 ? all[0].toObject() : QJsonObject();
    }
    /// Of the world that was made last. Whoever cannot be removed is ended by force, and the test fails.
    static void removeContainers();
    /// The same; why not all could be removed, or nothing.
    static QString endContainers();

private:
    TemporaryWorld m_world;
    CtlOutput m_made;
};

} // namespace twinhull::test
