// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"

#include <QTemporaryDir>

namespace twinhull::test {

/// A private HOME, XDG_RUNTIME_DIR (0700) and XDG folders for this process and its children; removed at the end.
/// The folder's path is short enough for UNIX sockets below it.
class TemporaryWorld {
public:
    TemporaryWorld();
    ~TemporaryWorld();

    bool isValid() const { return m_root.isValid(); }
    QString path(const QString& below = {}) const;
    const DataFolders& folders() const { return m_folders; }

private:
    QTemporaryDir m_root;
    DataFolders m_folders;
};

} // namespace twinhull::test
