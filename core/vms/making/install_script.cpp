// SPDX-License-Identifier: GPL-3.0-or-later
#define G_DISABLE_CAST_CHECKS // as in os_catalog.cpp

#include "core/vms/making/install_script.h"

#include "core/base/files.h"
#include "core/images/archive_writer.h"
#include "core/vms/making/cloud_init_seed.h"
#include "core/vms/making/osinfo_data.h"

#include <QRegularExpression>
#include <QTimeZone>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

namespace twinhull {

namespace {

constexpr off_t kInitrdAlignment = 4;
constexpr std::size_t kLongestPassword = 127;

struct TextRelease {
    void operator()(char* text) const { g_free(text); }
};
using TextHandle = std::unique_ptr<char, TextRelease>;

Error wrongUnattended(std::string what, const char* hint)
{
    return { ErrorCode::InvalidArgument, "unattended: " + std::move(what), 0, hint };
}

QByteArray timeZone()
{
    const QByteArray here = QTimeZone::systemTimeZoneId();
    return here.isEmpty() ? QByteArrayLiteral("Etc/UTC") : here;
}

ObjectHandle<OsinfoInstallConfig> configFor(const UnattendedInstall& asked, const ScriptTarget& target)
{
    ObjectHandle<OsinfoInstallConfig> config(osinfo_install_config_new("https://twinhull.org/install"));
    auto* all = config.get();
    const auto set = [all](auto setter, const QString& value) {
        if (!value.isEmpty())
            setter(all, value.toUtf8().constData());
    };
    set(osinfo_install_config_set_hardware_arch, QStringLiteral("x86_64"));
    set(osinfo_install_config_set_admin_password, asked.password);
    set(osinfo_install_config_set_user_login, asked.user);
    set(osinfo_install_config_set_user_realname, asked.user);
    set(osinfo_install_config_set_user_password, asked.user.isEmpty() ? QString() : asked.password);
    set(osinfo_install_config_set_hostname, asked.hostName);
    set(osinfo_install_config_set_l10n_timezone, QString::fromLatin1(timeZone()));
    set(osinfo_install_config_set_l10n_language, QStringLiteral("en_US"));
    set(osinfo_install_config_set_l10n_keyboard, QStringLiteral("us"));
    set(osinfo_install_config_set_target_disk,
        target.hasVirtioDisk ? QStringLiteral("/dev/vda") : QStringLiteral("/dev/sda"));
    if (InstallerSource{ target.location, {} }.isAddress())
        set(osinfo_install_config_set_installation_url, target.location);
    return config;
}

/// Without their comments: type and base64 alone, which no shell reads as anything else.
QStringList bareKeys(const QStringList& keys)
{
    QStringList bare;
    for (const QString& key : keys)
        bare << key.section(u' ', 0, 1);
    return bare;
}

/// The debconf question of what is run at the end; the last answer holds, so libosinfo's own are in it, too.
QByteArray preseedKeys(const UnattendedInstall& asked)
{
    QString commands = QStringLiteral("in-target sed -i '/cdrom/d' /etc/apt/sources.list; ");
    const auto add = [&commands, &asked](const QString& home, const QString& owner) {
        commands += QStringLiteral("mkdir -p -m 700 /target%1/.ssh; ").arg(home);
        for (const QString& key : bareKeys(asked.sshKeys))
            commands += QStringLiteral("echo '%2' >> /target%1/.ssh/authorized_keys; ").arg(home, key);
        commands += QStringLiteral("in-target chown -R %2: %1/.ssh; ").arg(home, owner);
    };
    add(QStringLiteral("/root"), QStringLiteral("root"));
    if (!asked.user.isEmpty())
        add(QStringLiteral("/home/") + asked.user, asked.user);
    return "\nd-i preseed/late_command string " + commands.toUtf8() + "true\n";
}

QByteArray kickstartKeys(const UnattendedInstall& asked)
{
    QByteArray lines;
    for (const QString& key : bareKeys(asked.sshKeys))
        lines += "sshkey --username=root \"" + key.toUtf8() + "\"\n";
    return lines;
}

Result<> addKeys(const UnattendedInstall& asked, InstallScript& script)
{
    if (asked.sshKeys.isEmpty())
        return {};
    if (script.fileName.endsWith(QLatin1String(".cfg")))
        script.text += preseedKeys(asked);
    else if (script.fileName.endsWith(QLatin1String(".ks")))
        script.text.prepend(kickstartKeys(asked));
    else
        return Error{ ErrorCode::Unsupported, "the script of this system takes no SSH keys", 0, "Leave them out" };
    return {};
}

Error noScript(const QString& systemId)
{
    return { ErrorCode::Unsupported,
        systemId.isEmpty()
            ? "unattended: its system is not known"
            : "unattended: libosinfo has no script for " + systemId.toStdString() + " that an initrd carries",
        0, systemId.isEmpty() ? "Name it: --os ID, or choose it" : "Install it without --unattended" };
}

} // namespace

Result<> checkUnattended(const UnattendedInstall& asked)
{
    if (asked.password.isEmpty())
        return wrongUnattended("it needs a password for root and the user", "Add --user-password-file FILE");
    // what quotes, blanks or a backslash mean differs from script to script
    static const QRegularExpression kPassword(
        QRegularExpression::anchoredPattern(QStringLiteral("[A-Za-z0-9!#%*+,./:;=?@^_~-]+")));
    if (!kPassword.match(asked.password).hasMatch()
        || static_cast<std::size_t>(asked.password.size()) > kLongestPassword)
        return wrongUnattended("the password has letters that an installer's script cannot hold",
            "Use letters, digits and !#%*+,./:;=?@^_~- alone; choose another after the installation");
    CloudInit likewise; // the same rules for names and keys
    likewise.user = asked.user;
    likewise.hostName = asked.hostName;
    likewise.sshKeys = asked.sshKeys;
    if (asked.user == QLatin1String("root"))
        return wrongUnattended("root is there anyway", "Choose another name, or leave it out");
    auto checked = checkCloudInit(likewise);
    if (checked)
        return checked;
    Error error = std::move(checked).error();
    error.message.replace(0, error.message.find(':'), "unattended");
    return error;
}

Result<InstallScript> makeInstallScript(const UnattendedInstall& asked, const ScriptTarget& target)
{
    if (auto checked = checkUnattended(asked); !checked)
        return std::move(checked).error();
    if (asked.systemId.isEmpty())
        return noScript({});
    const auto loader = loadOsinfoData();
    if (!loader)
        return loader.error();
    const auto os = osinfoSystem(loader->get(), asked.systemId);
    const auto script = os ? osinfoScript(os.get()) : nullptr;
    if (!script)
        return noScript(asked.systemId);
    osinfo_install_script_set_preferred_injection_method(script.get(), OSINFO_INSTALL_SCRIPT_INJECTION_METHOD_INITRD);
    osinfo_install_script_set_installation_source(script.get(),
        InstallerSource{ target.location, {} }.isAddress() ? OSINFO_INSTALL_SCRIPT_INSTALLATION_SOURCE_NETWORK
                                                           : OSINFO_INSTALL_SCRIPT_INSTALLATION_SOURCE_MEDIA);
    const auto config = configFor(asked, target);
    GError* failure = nullptr;
    const TextHandle text(osinfo_install_script_generate(script.get(), os.get(), config.get(), nullptr, &failure));
    const ErrorHandle error(failure);
    if (!text)
        return Error{ ErrorCode::Unknown,
            std::string("make the installer's script: ") + (error ? error->message : "no text came"), 0,
            "Install it without --unattended" };
    const TextHandle line(osinfo_install_script_generate_command_line(script.get(), os.get(), config.get()));
    InstallScript made;
    made.fileName = QString::fromUtf8(osinfo_install_script_get_expected_filename(script.get()));
    made.text = text.get();
    made.arguments = QString::fromUtf8(line.get()).simplified();
    auto added = addKeys(asked, made);
    return added ? Result<InstallScript>(std::move(made)) : std::move(added).error();
}

Result<> addToInitrd(const QString& initrdPath, const InstallScript& script)
{
    ArchiveWriter archive(ArchiveWriter::Format::CpioNewc);
    if (auto added = archive.addFile(script.fileName.toStdString(),
            std::string_view(script.text.constData(), static_cast<std::size_t>(script.text.size())), { 0600, 0, 0 });
        !added)
        return added;
    const auto part = std::move(archive).finish();
    if (!part)
        return Error(part.error());
    const auto file = openPath(initrdPath.toStdString(), O_WRONLY | O_APPEND | O_NOFOLLOW);
    if (!file)
        return Error(file.error());
    struct stat info { };
    if (::fstat(file->fd(), &info) != 0)
        return Error::fromErrno(errno, "look at the initrd");
    const auto gap = static_cast<std::size_t>((kInitrdAlignment - info.st_size % kInitrdAlignment) % kInitrdAlignment);
    if (auto written = writeAll(*file, std::string(gap, '\0') + *part); !written)
        return written;
    return ::fsync(file->fd()) == 0 ? Result<>() : Error::fromErrno(errno, "write the initrd");
}

} // namespace twinhull
