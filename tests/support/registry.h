// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProcess>
#include <QString>

#include <cstdint>
#include <memory>
#include <string>

namespace twinhull::test {

/// A registry on loopback, Debian's docker-registry, which keeps what it is sent in `folder`. Ends with this.
class LocalRegistry {
public:
    enum class Access {
        Open,
        Password, ///< user "user", password "secret"
    };

    LocalRegistry(const QString& folder, Access access);
    ~LocalRegistry();

    /// Empty once it answers; else why it does not (not installed, and so on).
    QString problem() const { return m_problem; }
    std::uint16_t port() const { return m_port; }
    /// "127.0.0.1:PORT/NAME".
    std::string named(const std::string& name) const { return host() + "/" + name; }
    std::string host() const { return "127.0.0.1:" + std::to_string(m_port); }

private:
    bool begin(const QString& folder, Access access);

    QProcess m_process;
    QString m_problem;
    std::uint16_t m_port = 0;
};

/// What stands between a client and a registry, and mistreats the layers on their way (unkind_registry.py tells how).
class UnkindRegistry {
public:
    UnkindRegistry(const LocalRegistry& registry, const QString& modeFile);
    ~UnkindRegistry();

    bool isReady() const { return m_port != 0; }
    void setMode(const QByteArray& mode) const;
    std::string named(const std::string& name) const { return "127.0.0.1:" + std::to_string(m_port) + "/" + name; }

private:
    QProcess m_process;
    QString m_modeFile;
    std::uint16_t m_port = 0;
};

/// Takes these registries without TLS in this process's HOME, as a person's own configuration does.
bool trustLoopbackRegistries();

} // namespace twinhull::test
