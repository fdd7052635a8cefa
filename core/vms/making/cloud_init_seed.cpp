// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/making/cloud_init_seed.h"

#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/images/partial_path.h"
#include "core/workload/option_text.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

#include <crypt.h>

#include <algorithm>
#include <memory>

namespace twinhull {

namespace {

constexpr std::chrono::seconds kSeedDeadline{ 60 };
constexpr qsizetype kMostOwnBytes = 1 << 20;

Error wrongCloudOption(const QString& what, const char* hint)
{
    return Error{ ErrorCode::InvalidArgument, "cloud-init: " + what.toStdString(), 0, hint };
}

bool isWhole(const QString& text, const char* pattern)
{
    return QRegularExpression(QRegularExpression::anchoredPattern(QLatin1String(pattern))).match(text).hasMatch();
}

Result<> checkKey(const QString& key)
{
    if (key.startsWith(u"-----BEGIN"))
        return wrongCloudOption(
            QStringLiteral("that is a private key"), "Give the public one, whose name ends in .pub");
    if (!isWhole(key, "(ssh|ecdsa|sk)-[A-Za-z0-9@.-]+ [A-Za-z0-9+/=]+( [^\\p{C}]*)?") || key.size() > 16384)
        return wrongCloudOption(
            QStringLiteral("\"%1\" is no public key").arg(key.left(40)), "One begins with ssh-ed25519 or ssh-rsa");
    return {};
}

Result<> checkOwn(const QByteArray& userData, const QByteArray& networkConfig)
{
    if (userData.size() > kMostOwnBytes || networkConfig.size() > kMostOwnBytes)
        return wrongCloudOption(QStringLiteral("more than 1 MiB of own data"), "Let it fetch what is large");
    // cloud-init tells what to do with it by its first line, and drops it where that says nothing
    const bool isKnown = userData.startsWith('#') || userData.startsWith("Content-Type:")
        || userData.startsWith("MIME-Version:") || userData.startsWith("\x1f\x8b");
    return userData.isEmpty() || isKnown
        ? Result<>()
        : wrongCloudOption(QStringLiteral("own user data begins with no line that cloud-init knows"),
            "Begin it with #cloud-config or #!/bin/sh");
}

QJsonObject userEntry(const CloudInit& options)
{
    const bool hasPassword = !options.passwordHash.isEmpty();
    QJsonObject user{ { QStringLiteral("name"), options.user }, { QStringLiteral("lock_passwd"), !hasPassword },
        { QStringLiteral("sudo"),
            hasPassword ? QStringLiteral("ALL=(ALL) ALL") : QStringLiteral("ALL=(ALL) NOPASSWD:ALL") } };
    if (hasPassword)
        user[QStringLiteral("passwd")] = options.passwordHash;
    if (!options.sshKeys.isEmpty())
        user[QStringLiteral("ssh_authorized_keys")] = QJsonArray::fromStringList(options.sshKeys);
    return user;
}

} // namespace

Result<> checkCloudInit(const CloudInit& options)
{
    if (!options.user.isEmpty() && !isWhole(options.user, "[a-z_][a-z0-9_-]{0,31}"))
        return wrongCloudOption(QStringLiteral("\"%1\" is no name for a user").arg(options.user.left(40)),
            "Use up to 32 small letters, digits and dashes");
    if (!options.passwordHash.isEmpty() && !isWhole(options.passwordHash, "\\$[a-z0-9]+\\$[./A-Za-z0-9,=$]+"))
        return wrongCloudOption(QStringLiteral("that is no hash of a password"), "Make one with: openssl passwd -6");
    if (!options.passwordHash.isEmpty() && !options.password.isEmpty())
        return wrongCloudOption(QStringLiteral("a password and the hash of one"), "Leave one of them out");
    if (!(options.passwordHash + options.password).isEmpty() && options.user.isEmpty())
        return wrongCloudOption(QStringLiteral("a password needs a user"), "Add user=NAME");
    for (const QString& key : options.sshKeys) {
        if (auto checked = checkKey(key); !checked)
            return checked;
    }
    for (const QString& package : options.packages) {
        if (!isWhole(package, "[A-Za-z0-9][A-Za-z0-9+._:=~-]{0,127}"))
            return wrongCloudOption(
                QStringLiteral("\"%1\" is no name of a package").arg(package.left(40)), "Separate them by +");
    }
    if (!options.hostName.isEmpty()) {
        if (auto checked = checkHostName(options.hostName); !checked)
            return checked;
    }
    return checkOwn(options.userData, options.networkConfig);
}

Result<QString> hashOfPassword(const QString& password)
{
    char setting[CRYPT_GENSALT_OUTPUT_SIZE] = {};
    if (::crypt_gensalt_rn("$6$", 0, nullptr, 0, setting, sizeof setting) == nullptr) // null: the kernel's randomness
        return Error::fromErrno(errno, "hash the password");
    const auto work = std::make_unique<crypt_data>();
    const char* hash = ::crypt_rn(password.toUtf8().constData(), setting, work.get(), sizeof(crypt_data));
    if (hash == nullptr)
        return Error::fromErrno(errno, "hash the password").withHint("Choose one of at most 500 letters");
    return QString::fromLatin1(hash);
}

QByteArray cloudUserData(const CloudInit& options)
{
    if (!options.userData.isEmpty())
        return options.userData;
    QJsonObject config;
    if (!options.user.isEmpty())
        config[QStringLiteral("users")] = QJsonArray{ userEntry(options) };
    else if (!options.sshKeys.isEmpty())
        config[QStringLiteral("ssh_authorized_keys")] = QJsonArray::fromStringList(options.sshKeys);
    if (!options.packages.isEmpty()) {
        config[QStringLiteral("package_update")] = true;
        config[QStringLiteral("packages")] = QJsonArray::fromStringList(options.packages);
    }
    return "#cloud-config\n" + QJsonDocument(config).toJson(QJsonDocument::Indented);
}

Result<> makeCloudSeed(
    const CloudInit& options, const QString& instanceId, const QString& hostName, const std::string& isoPath)
{
    const std::string xorriso = findExecutable("xorriso");
    if (xorriso.empty())
        return Error{ ErrorCode::Unavailable, "xorriso is not installed", 0, "sudo apt install xorriso" };
    CloudInit hashed = options;
    if (!options.password.isEmpty()) {
        const auto hash = hashOfPassword(options.password);
        if (!hash)
            return hash.error();
        hashed.passwordHash = *hash;
    }
    const PartialGuard folder(partialPathFor(isoPath + ".d"));
    if (auto made = makeFolders(folder.path()); !made)
        return made;
    const QJsonObject meta{ { QStringLiteral("instance-id"), instanceId },
        { QStringLiteral("local-hostname"), options.hostName.isEmpty() ? hostName : options.hostName } };
    const std::pair<const char*, QByteArray> files[] = { { "/user-data", cloudUserData(hashed) },
        { "/meta-data", QJsonDocument(meta).toJson(QJsonDocument::Indented) },
        { "/network-config", options.networkConfig } };
    for (const auto& [name, text] : files) {
        if (text.isEmpty())
            continue;
        if (auto written = writeFileAtomically(folder.path() + name, text.toStdString()); !written)
            return written;
    }
    auto made = runChecked(
        { { xorriso, "-as", "mkisofs", "-quiet", "-o", isoPath, "-V", "cidata", "-J", "-r", folder.path() }, {}, {} },
        kSeedDeadline);
    return made ? Result<>() : std::move(made).error().withContext("make the medium for cloud-init");
}

} // namespace twinhull
