// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/other_libvirt.h"

#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "tests/support/libvirt_session.h"

#include <QDir>

#include <csignal>
#include <utility>

namespace twinhull::test {

namespace {

const char* const kFolders[]
    = { "HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME" };

std::string folderFor(const QString& root, const char* variable)
{
    const bool isRuntime = qstrcmp(variable, "XDG_RUNTIME_DIR") == 0;
    return (root + (isRuntime ? QStringLiteral("/r") : u'/' + QString::fromLatin1(variable).toLower())).toStdString();
}

} // namespace

OtherLibvirt::OtherLibvirt(QString folder) : m_folder(std::move(folder))
{
    for (const char* variable : kFolders)
        (void)makeFolders(folderFor(m_folder, variable));
    const std::string settings = folderFor(m_folder, "XDG_CONFIG_HOME") + "/libvirt";
    (void)makeFolders(settings);
    (void)writeFileAtomically(settings + "/libvirtd.conf", "host_uuid = \"6f2a1c1e-1b7d-4c06-9a35-2f5d0c9e7b10\"\n");
    const QByteArray ours = qgetenv("XDG_RUNTIME_DIR");
    qputenv("XDG_RUNTIME_DIR", folderFor(m_folder, "XDG_RUNTIME_DIR").c_str());
    m_session = std::make_unique<LibvirtSession>();
    qputenv("XDG_RUNTIME_DIR", ours);
}

OtherLibvirt::~OtherLibvirt()
{
    signal(SIGCONT);
}

/// libvirtd needs a user with a record that is not root, as the product's own start of it does.
QString OtherLibvirt::start()
{
    Command command{ { "env" }, {}, {} };
    for (const char* variable : kFolders)
        command.arguments.push_back(std::string(variable) + '=' + folderFor(m_folder, variable));
    for (const char* word :
        { "unshare", "--user", "--map-user=1", "--map-group=1", "libvirtd", "--daemon", "--timeout=120" })
        command.arguments.emplace_back(word);
    const auto started = runChecked(command, std::chrono::seconds(30));
    return started ? QString() : QString::fromStdString(started.error().toLine());
}

QString OtherLibvirt::uri() const
{
    return QStringLiteral("qemu:///session?socket=%1/r/libvirt/libvirt-sock").arg(m_folder);
}

pid_t OtherLibvirt::pid() const
{
    return m_session->libvirtd();
}

void OtherLibvirt::kill() const
{
    m_session->kill(pid());
}

void OtherLibvirt::signal(int number) const
{
    if (pid() > 1)
        ::kill(pid(), number);
}

} // namespace twinhull::test
