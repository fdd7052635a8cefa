// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/option_text.h"

#include "core/base/kept_ids.h"
#include "core/base/text.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>

#include <algorithm>
#include <array>

namespace twinhull {

namespace {

Error unreadable(const QString& what, const QString& text, const char* problem, const char* hint)
{
    return Error{ ErrorCode::InvalidArgument, (what + u' ' + text + QStringLiteral(": ")).toStdString() + problem, 0,
        hint };
}

bool isInsidePath(const QString& path)
{
    return path.startsWith(u'/') && path.size() > 1 && !path.split(u'/').contains(QStringLiteral(".."))
        && !path.contains(QChar(0));
}

Error badFolder(const QString& text, const char* problem)
{
    return unreadable(QStringLiteral("tmpfs"), text, problem, "Write it as /cache:size=64m,mode=1777.");
}

Result<> addFolderOption(const QString& option, const QString& whole, TemporaryFolder& folder)
{
    if (option.startsWith(u"size=")) {
        const auto bytes = parseSize(option.mid(5).toStdString());
        if (!bytes || *bytes == 0)
            return badFolder(whole, "no such size");
        folder.sizeBytes = *bytes;
        return {};
    }
    if (option.startsWith(u"mode=")) {
        bool isNumber = false;
        folder.mode = option.mid(5).toUInt(&isNumber, 8);
        return isNumber && folder.mode <= 07777U ? Result<>() : badFolder(whole, "no such mode");
    }
    if (option == u"ro" || option == u"rw")
        folder.readOnly = option == u"ro";
    else if (option == u"exec" || option == u"noexec")
        folder.mayExecute = option == u"exec";
    else if (option != u"nosuid" && option != u"nodev") // that it is anyway
        return badFolder(whole, "no such option");
    return {};
}

Error badDevice(const QString& text, const char* problem)
{
    return unreadable(QStringLiteral("device"), text, problem, "Write it as /dev/snd/seq or /dev/ttyS0:/dev/modem:rw.");
}

} // namespace

Result<QStringList> entrypointFromText(const QString& text)
{
    if (text.isEmpty())
        return QStringList();
    if (!text.startsWith(u'['))
        return QStringList{ text };
    const auto array = QJsonDocument::fromJson(text.toUtf8()).array();
    QStringList words;
    for (const auto& word : array) {
        if (!word.isString())
            return unreadable(QStringLiteral("entrypoint"), text, "not a list of words", "");
        words << word.toString();
    }
    if (words.isEmpty() || words.front().isEmpty())
        return unreadable(QStringLiteral("entrypoint"), text, "not a list of words", R"(Write it as ["sh", "-c"].)");
    return words;
}

QString entrypointText(const QStringList& words)
{
    if (words.isEmpty())
        return {};
    if (words.size() == 1 && !words.front().startsWith(u'['))
        return words.front();
    return QString::fromUtf8(QJsonDocument(QJsonArray::fromStringList(words)).toJson(QJsonDocument::Compact));
}

Result<KeepId> keepIdFromText(const QString& text)
{
    static const QRegularExpression kForm(
        QStringLiteral("\\Akeep-id(:([ug]id=[0-9]{1,10})(,([ug]id=[0-9]{1,10}))?)?\\z"));
    const auto match = kForm.match(text);
    KeepId keep;
    bool isRight = match.hasMatch();
    for (const QString& part : { match.captured(2), match.captured(4) }) {
        if (part.isEmpty())
            continue;
        auto& id = part.startsWith(u"uid") ? keep.user : keep.group;
        const auto number = parseNumber(part.mid(4).toStdString());
        isRight = isRight && !id && number && *number <= kLargestId;
        if (isRight)
            id = static_cast<std::uint32_t>(*number);
    }
    return isRight ? Result<KeepId>(keep)
                   : unreadable(QStringLiteral("userns"), text, "no such user namespace",
                       "There is keep-id, and keep-id:uid=1000,gid=1000. Without it you are root inside.");
}

QString keepIdText(const KeepId& keep)
{
    QStringList parts;
    if (keep.user)
        parts << QStringLiteral("uid=%1").arg(*keep.user);
    if (keep.group)
        parts << QStringLiteral("gid=%1").arg(*keep.group);
    return QStringLiteral("keep-id") + (parts.isEmpty() ? QString() : u':' + parts.join(u','));
}

Result<std::pair<QString, QString>> labelFromText(const QString& text)
{
    const QString key = text.section(u'=', 0, 0).trimmed();
    const bool isPlain = std::none_of(text.begin(), text.end(), [](QChar c) { return c.unicode() < 0x20; });
    if (key.isEmpty() || !isPlain)
        return unreadable(QStringLiteral("label"), text, "not KEY=VALUE", "");
    return std::pair(key, text.contains(u'=') ? text.section(u'=', 1) : QString());
}

Result<QStringList> environmentFromFileText(const QString& text)
{
    QStringList variables;
    for (QString line : text.split(u'\n')) {
        if (line.endsWith(u'\r'))
            line.chop(1);
        const QString bare = line.trimmed();
        if (bare.isEmpty() || bare.startsWith(u'#'))
            continue;
        const QByteArray key = bare.toUtf8();
        if (bare.startsWith(u'=') || bare.contains(QChar(0)))
            return unreadable(QStringLiteral("environment"), line.left(60), "not KEY=VALUE", "");
        if (bare.contains(u'='))
            variables << bare.section(u'=', 0, 0).trimmed() + QLatin1Char('=') + line.section(u'=', 1);
        else if (qEnvironmentVariableIsSet(key.constData()))
            variables << bare + QLatin1Char('=') + qEnvironmentVariable(key.constData());
    }
    return variables;
}

Result<TemporaryFolder> temporaryFolderFromText(const QString& text)
{
    TemporaryFolder folder;
    folder.target = text.section(u':', 0, 0).trimmed();
    if (!isInsidePath(folder.target))
        return badFolder(text, "not an absolute path inside");
    for (const QString& option : text.section(u':', 1).split(u',', Qt::SkipEmptyParts)) {
        if (auto added = addFolderOption(option.trimmed(), text, folder); !added)
            return std::move(added).error();
    }
    return folder;
}

QString temporaryFolderText(const TemporaryFolder& folder)
{
    QStringList options;
    if (folder.sizeBytes)
        options << QStringLiteral("size=") + sizeWord(*folder.sizeBytes);
    if (folder.mode != TemporaryFolder().mode)
        options << QStringLiteral("mode=") + QString::number(folder.mode, 8);
    if (folder.mayExecute)
        options << QStringLiteral("exec");
    if (folder.readOnly)
        options << QStringLiteral("ro");
    return options.isEmpty() ? folder.target : folder.target + QLatin1Char(':') + options.join(u',');
}

bool readMountOptions(const QString& text, bool& readOnly, bool& startsEmpty)
{
    const QStringList words = text.split(u',');
    const auto isKnown = [](const QString& word) { return word == u"ro" || word == u"rw" || word == u"nocopy"; };
    if (!std::all_of(words.begin(), words.end(), isKnown) || (words.contains(u"ro") && words.contains(u"rw")))
        return false;
    readOnly = words.contains(u"ro");
    startsEmpty = words.contains(u"nocopy");
    return true;
}

QString mountOptionsText(bool readOnly, bool startsEmpty)
{
    QStringList words;
    if (readOnly)
        words << QStringLiteral("ro");
    if (startsEmpty)
        words << QStringLiteral("nocopy");
    return words.isEmpty() ? QString() : QLatin1Char(':') + words.join(u',');
}

Result<DeviceOption> deviceFromText(const QString& text)
{
    QStringList parts = text.split(u':');
    DeviceOption device;
    static const QRegularExpression kAccess(QStringLiteral("\\A[rwm]{1,3}\\z"));
    if (parts.size() > 1 && kAccess.match(parts.back()).hasMatch())
        device.readOnly = !parts.takeLast().contains(u'w');
    if (parts.size() > 2)
        return badDevice(text, "too many parts");
    device.source = parts.front().trimmed();
    device.target = parts.back().trimmed();
    if (!isInsidePath(device.source) || !isInsidePath(device.target))
        return badDevice(text, "not an absolute path");
    return device;
}

QString deviceText(const DeviceOption& device)
{
    QString text = device.source;
    if (device.target != device.source)
        text += QLatin1Char(':') + device.target;
    return device.readOnly ? text + QStringLiteral(":r") : text;
}

Result<> addSecurityOption(const QString& text, SecurityOptions& options)
{
    static const QRegularExpression kForm(QStringLiteral("\\A([a-z-]+)(?:[=:](.+))?\\z"));
    const auto match = kForm.match(text);
    const QString name = match.captured(1);
    const QString value = match.captured(2);
    if (name == u"no-new-privileges" && (value.isEmpty() || value == u"true" || value == u"false")) {
        options.allowsNewPrivileges = value == u"false";
        return {};
    }
    if (name != u"seccomp" || value.isEmpty())
        return unreadable(QStringLiteral("security-opt"), text, "no such option",
            "There are seccomp=unconfined, seccomp=FILE and no-new-privileges=true or false.");
    options.seccomp = value == u"unconfined" ? SeccompChoice::Unconfined
        : value == u"default"                ? SeccompChoice::Default
                                             : SeccompChoice::File;
    options.seccompPath = options.seccomp == SeccompChoice::File ? value : QString();
    return {};
}

Result<std::int64_t> swapFromText(const QString& text)
{
    if (text == u"-1")
        return std::int64_t{ -1 };
    const auto bytes = parseSize(text.toStdString());
    if (!bytes || *bytes == 0 || *bytes > (std::uint64_t{ 1 } << 62U))
        return unreadable(QStringLiteral("memory-swap"), text, "not a size",
            "Write memory and swap together as 512M, or -1 for as much swap as there is.");
    return static_cast<std::int64_t>(*bytes);
}

Result<DeviceRateOption> deviceRateFromText(const QString& text, DeviceRateKind kind)
{
    const bool isBytes = kind == DeviceRateKind::ReadBytes || kind == DeviceRateKind::WriteBytes;
    const auto colon = text.lastIndexOf(u':');
    const std::string rate = text.mid(colon + 1).trimmed().toStdString();
    const auto perSecond = isBytes ? parseSize(rate) : parseNumber(rate);
    DeviceRateOption option{ kind, text.left(std::max<qsizetype>(colon, 0)).trimmed(), perSecond ? *perSecond : 0 };
    if (!isInsidePath(option.device) || option.perSecond == 0)
        return unreadable(QStringLiteral("device rate"), text, "not DEVICE:RATE",
            isBytes ? "Write it as /dev/sda:10M." : "Write it as /dev/sda:1000.");
    return option;
}

QString swapText(std::int64_t bytes)
{
    return bytes < 0 ? QStringLiteral("-1") : sizeWord(static_cast<std::uint64_t>(bytes));
}

QString deviceRateText(const DeviceRateOption& rate)
{
    const bool isBytes = rate.kind == DeviceRateKind::ReadBytes || rate.kind == DeviceRateKind::WriteBytes;
    return rate.device + u':' + (isBytes ? sizeWord(rate.perSecond) : QString::number(rate.perSecond));
}

QString sizeWord(std::uint64_t bytes)
{
    constexpr std::array<std::pair<unsigned, char>, 3> kUnits{ { { 30U, 'G' }, { 20U, 'M' }, { 10U, 'K' } } };
    for (const auto& [shift, letter] : kUnits) {
        if (bytes != 0 && bytes % (std::uint64_t{ 1 } << shift) == 0)
            return QString::number(bytes >> shift) + QLatin1Char(letter);
    }
    return QString::number(bytes);
}

} // namespace twinhull
