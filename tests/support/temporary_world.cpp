// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/temporary_world.h"

#include "core/base/files.h"

#include <sys/stat.h>

namespace twinhull::test {

TemporaryWorld::TemporaryWorld() : m_root(QStringLiteral("/tmp/thXXXXXX"))
{
    const QByteArray root = m_root.path().toUtf8();
    for (const char* name : { "/home", "/run" })
        ::mkdir((root + name).constData(), 0700);
    qputenv("HOME", root + "/home");
    qputenv("XDG_RUNTIME_DIR", root + "/run");
    for (const char* name : { "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME" })
        qunsetenv(name);
    m_folders = DataFolders::fromEnvironment();
}

TemporaryWorld::~TemporaryWorld()
{
    if (auto removed = removeTree(m_root.path().toStdString()); !removed)
        qWarning("%s", removed.error().message.c_str());
}

QString TemporaryWorld::path(const QString& below) const
{
    return below.isEmpty() ? m_root.path() : m_root.filePath(below);
}

} // namespace twinhull::test
