// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <QLocalServer>
#include <QObject>

namespace twinhull {

/// What a second start of the program asks the first one to show. Both may be empty.
struct WindowRequest {
    QString page;
    QString workload;
};

/// One window a user and runtime folder. The first one holds a lock that ends with its process, so that a socket left
/// by a killed program is no obstacle, and listens on a path socket that only its own user is heard on; a later one
/// hands over what it was asked for.
class SingleInstance : public QObject {
    Q_OBJECT

public:
    enum class Role { First, Later };

    /// `folder` is made (0700) where it is missing.
    explicit SingleInstance(const std::string& folder, QObject* parent = nullptr);

    /// Later: the first one has answered. Fails when it does not within three seconds. Blocks so long at most; called
    /// before the event loop runs.
    Result<Role> claim(const WindowRequest& request);

Q_SIGNALS:
    /// A later start asks for this; raise the window.
    void requested(const QString& page, const QString& workload);

private:
    Result<> listen();
    Result<> tellFirst(const WindowRequest& request) const;
    void accept();
    void answer(QLocalSocket& socket);

    std::string m_folder;
    UniqueFd m_lock;
    QLocalServer m_server;
};

} // namespace twinhull
