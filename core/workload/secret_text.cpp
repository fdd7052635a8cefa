// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/option_text.h"

#include <QRegularExpression>

#include <algorithm>

namespace twinhull {

namespace {

constexpr const char* kSecretForm = "Write it as NAME,target=FILE,uid=0,gid=0,mode=0400; all but the name may be "
                                    "left out.";

Error badSecret(const QString& text, const char* problem)
{
    return Error{ ErrorCode::InvalidArgument, "secret " + text.toStdString() + ": " + problem, 0, kSecretForm };
}

/// A path without parts that are empty or lead elsewhere.
bool isPlainTarget(const QString& target)
{
    static const QRegularExpression kControl(QStringLiteral("[\\x00-\\x1f\\x7f,]"));
    const QStringList parts = (target.startsWith(u'/') ? target.mid(1) : target).split(u'/');
    return !target.contains(kControl) && std::none_of(parts.begin(), parts.end(), [](const QString& part) {
        return part.isEmpty() || part == u"." || part == u"..";
    });
}

bool readNumber(const QString& text, int base, std::uint32_t most, std::uint32_t& number)
{
    bool isNumber = false;
    number = text.toUInt(&isNumber, base);
    return isNumber && number <= most && text.front().isDigit();
}

Result<> addSecretOption(const QString& option, const QString& whole, SecretOption& secret)
{
    constexpr std::uint32_t kMostId = 0xfffffffeU; // the last one means "none" to the kernel
    const QString key = option.section(u'=', 0, 0);
    const QString value = option.section(u'=', 1);
    if (key == u"type")
        return value == u"mount" ? Result<>()
                                 : badSecret(whole, "a variable would show it to all who can see the container");
    if (value.isEmpty())
        return badSecret(whole, "an option without a value");
    if (key == u"source")
        secret.name = value;
    else if (key == u"target")
        secret.target = value;
    else if (key == u"uid" && !readNumber(value, 10, kMostId, secret.uid))
        return badSecret(whole, "no such user id");
    else if (key == u"gid" && !readNumber(value, 10, kMostId, secret.gid))
        return badSecret(whole, "no such group id");
    else if (key == u"mode" && !readNumber(value, 8, 0777, secret.mode))
        return badSecret(whole, "no such mode");
    else if (key != u"uid" && key != u"gid" && key != u"mode")
        return badSecret(whole, "no such option");
    return {};
}

} // namespace

Result<> checkSecretName(const QString& name)
{
    static const QRegularExpression kName(QStringLiteral("\\A[A-Za-z0-9][A-Za-z0-9_.-]{0,127}\\z"));
    if (kName.match(name).hasMatch() && !name.endsWith(QLatin1String(".partial")))
        return {};
    return Error{ ErrorCode::InvalidArgument, "secret name \"" + name.toStdString() + "\" cannot be used", 0,
        "Use up to 128 letters, digits, \"_\", \"-\" and \".\", a letter or digit first." };
}

Result<SecretOption> secretFromText(const QString& text)
{
    SecretOption secret;
    QStringList options = text.split(u',');
    if (!options.front().contains(u'='))
        secret.name = options.takeFirst().trimmed();
    for (const QString& option : options) {
        if (auto added = addSecretOption(option.trimmed(), text, secret); !added)
            return std::move(added).error();
    }
    if (auto named = checkSecretName(secret.name); !named)
        return std::move(named).error();
    const QString path = secretPath(secret);
    if (!isPlainTarget(path) || path == u"/run/secrets")
        return badSecret(text, "its target is no path inside");
    return secret;
}

QString secretText(const SecretOption& secret)
{
    QString text = secret.name;
    if (!secret.target.isEmpty())
        text += QStringLiteral(",target=") + secret.target;
    if (secret.uid != 0)
        text += QStringLiteral(",uid=%1").arg(secret.uid);
    if (secret.gid != 0)
        text += QStringLiteral(",gid=%1").arg(secret.gid);
    if (secret.mode != SecretOption().mode)
        text += QStringLiteral(",mode=0%1").arg(secret.mode, 0, 8);
    return text;
}

QString secretPath(const SecretOption& secret)
{
    if (secret.target.startsWith(u'/'))
        return secret.target;
    return QStringLiteral("/run/secrets/") + (secret.target.isEmpty() ? secret.name : secret.target);
}

} // namespace twinhull
