// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/base/result.h"

#include <QString>

#include <vector>

namespace twinhull {

/// A libvirt host that a person added to the one in the settings.
struct SavedConnection {
    QString name; ///< lower-case letters, digits, "-", "_" and "."
    QString uri; ///< as libvirt takes it
    bool isAutoconnected = true; ///< opened by the window and by lists

    friend bool operator==(const SavedConnection&, const SavedConnection&) = default;
};

/// config/connections.json. Each call reads the file, because other programs write it too; a change is on disk when it
/// returns. Any thread.
class ConnectionList {
public:
    explicit ConnectionList(const DataFolders& folders);

    /// Corrupt where somebody broke the file.
    Result<std::vector<SavedConnection>> read() const;
    /// By name, or by the very address; NotFound where there is none.
    Result<SavedConnection> find(const QString& nameOrUri) const;
    /// With an empty name one is made of the address. AlreadyExists for a name or an address that is there; `homeUri`
    /// is the address in the settings.
    Result<SavedConnection> add(SavedConnection wish, const QString& homeUri) const;
    Result<> remove(const QString& name) const;

    QString path() const;

private:
    Result<> write(const std::vector<SavedConnection>& all) const;

    std::string m_folder;
};

/// "qemu+ssh://me@lab.example/system" is "lab.example", "qemu:///system" is "system", "test:///default" is "test".
QString connectionNameFrom(const QString& uri);

/// InvalidArgument for what is no address of libvirt's.
Result<> checkConnectionUri(const QString& uri);

} // namespace twinhull
