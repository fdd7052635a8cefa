// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/registry.h"

#include "core/base/subprocess.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace twinhull::test {

namespace {

constexpr int kPatienceMilliseconds = 20'000;

/// One that nobody listens on just now.
std::uint16_t unheardPort()
{
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const bool isBound = ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0
        && ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    ::close(fd);
    return isBound ? ntohs(address.sin_port) : 0;
}

bool accepts(std::uint16_t port)
{
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    const bool isThere = ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    ::close(fd);
    return isThere;
}

bool write(const QString& path, const QByteArray& text)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(text) == text.size();
}

void end(QProcess& process)
{
    process.kill();
    process.waitForFinished(kPatienceMilliseconds);
}

} // namespace

LocalRegistry::LocalRegistry(const QString& folder, Access access)
{
    if (findExecutable("docker-registry").empty() || findExecutable("skopeo").empty())
        m_problem = QStringLiteral("docker-registry or skopeo is not installed");
    else if (!begin(folder, access))
        m_problem = QStringLiteral("the registry does not start: ")
            + QString::fromUtf8(m_process.readAllStandardError().right(1000));
}

LocalRegistry::~LocalRegistry()
{
    end(m_process);
}

bool LocalRegistry::begin(const QString& folder, Access access)
{
    m_port = unheardPort();
    QByteArray config
        = "version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\nstorage: {filesystem: {rootdirectory: "
        + folder.toUtf8() + "/data}}\nhttp: {addr: \"127.0.0.1:" + QByteArray::number(m_port) + "\"}\n";
    if (access == Access::Password)
        config += "auth: {htpasswd: {realm: tests, path: " + folder.toUtf8() + "/passwords}}\n";
    const QByteArray passwords = "user:$2b$04$YSoBP23npk2LmkVY/uAwDeuSZtuoYVRna9i1bV8QGLafOC1IdO29e\n"; // "secret"
    if (!QDir().mkpath(folder) || !write(folder + QStringLiteral("/registry.yml"), config)
        || !write(folder + QStringLiteral("/passwords"), passwords))
        return false;
    m_process.start(
        QStringLiteral("docker-registry"), { QStringLiteral("serve"), folder + QStringLiteral("/registry.yml") });
    return m_process.waitForStarted(kPatienceMilliseconds)
        && QTest::qWaitFor(
            [this] { return accepts(m_port) || m_process.state() == QProcess::NotRunning; }, kPatienceMilliseconds)
        && m_process.state() == QProcess::Running;
}

UnkindRegistry::UnkindRegistry(const LocalRegistry& registry, const QString& modeFile) : m_modeFile(modeFile)
{
    m_process.start(QStringLiteral("/usr/bin/python3"),
        { QStringLiteral(TH_SOURCE_DIR "/tests/support/unkind_registry.py"), QString::number(registry.port()),
            modeFile });
    if (m_process.waitForReadyRead(kPatienceMilliseconds))
        m_port = m_process.readLine().trimmed().toUShort();
}

UnkindRegistry::~UnkindRegistry()
{
    end(m_process);
}

void UnkindRegistry::setMode(const QByteArray& mode) const
{
    write(m_modeFile, mode);
}

bool trustLoopbackRegistries()
{
    const QString folder = QDir::homePath() + QStringLiteral("/.config/containers");
    return QDir().mkpath(folder)
        && write(folder + QStringLiteral("/registries.conf"),
            "[[registry]]\nlocation = \"127.0.0.1\"\nprefix = \"127.0.0.1\"\ninsecure = true\n");
}

} // namespace twinhull::test
