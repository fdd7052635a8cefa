// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/guest/agent_line.h"

#include "core/ipc/base64.h"
#include "core/vms/guest/guest_facts.h"
#include "core/workload/machine_guest.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

namespace twinhull {

namespace {

constexpr qsizetype kMostAnswerBytes = qsizetype(16) << 20U; ///< more than libvirt carries
constexpr qsizetype kMostQuestionBytes = qsizetype(192) << 10U;
constexpr int kHighestStatus = 255;
constexpr int kHighestSignal = 127;

Error nonsense(const char* command)
{
    return { ErrorCode::Corrupt, std::string("its agent's answer to ") + command + " makes no sense", 0,
        "Update or restart qemu-guest-agent inside." };
}

Result<QString> utf8Of(const std::string& text)
{
    const QString decoded = QString::fromStdString(text);
    if (text.empty() || decoded.toStdString() != text || decoded.contains(QChar(u'\0')))
        return Error{ ErrorCode::InvalidArgument,
            "\"" + boundedText(text).toStdString() + "\": qemu-guest-agent takes UTF-8 only", 0, {} };
    return decoded;
}

std::optional<qint64> integerIn(const QJsonObject& object, const char* key)
{
    const QJsonValue value = object[QLatin1String(key)];
    constexpr qint64 kNone = -1;
    const qint64 number = value.toInteger(kNone);
    return value.isDouble() && number >= 0 ? std::optional(number) : std::nullopt;
}

/// Of a field that may be left out where there is nothing.
std::optional<std::string> bytesIn(const QJsonObject& object, const char* key)
{
    const QJsonValue value = object[QLatin1String(key)];
    if (value.isUndefined())
        return std::string();
    if (!value.isString())
        return std::nullopt;
    return decodeBase64(value.toString().toStdString());
}

QString base64(std::string_view bytes)
{
    return QString::fromStdString(encodeBase64(bytes));
}

/// Windows has statuses of 32 bits, of which none but 0 may become 0.
int exitStatusIn(const QJsonObject& ended)
{
    const QJsonValue code = ended[QLatin1String("exitcode")];
    if (code.isDouble()) {
        const double status = code.toDouble();
        return status >= 0 && status <= kHighestStatus ? static_cast<int>(status) : kHighestStatus;
    }
    const auto signal = integerIn(ended, "signal");
    return signal && *signal <= kHighestSignal ? 128 + static_cast<int>(*signal) : kHighestStatus;
}

} // namespace

Result<QJsonValue> AgentLine::call(const char* command, const QJsonObject& arguments) const
{
    const QJsonObject question{ { QStringLiteral("execute"), QLatin1String(command) },
        { QStringLiteral("arguments"), arguments } };
    const QByteArray text = QJsonDocument(question).toJson(QJsonDocument::Compact);
    if (text.size() > kMostQuestionBytes)
        return Error{ ErrorCode::InvalidArgument, "that is too long for qemu-guest-agent: 192 KiB reach it", 0, {} };
    const auto answer = m_ask(text);
    if (!answer)
        return explained(command, answer.error());
    if (answer->size() > kMostAnswerBytes)
        return nonsense(command);
    const QJsonObject object = QJsonDocument::fromJson(*answer).object();
    const QJsonValue told = object[QLatin1String("return")];
    return told.isUndefined() ? Result<QJsonValue>(nonsense(command)) : Result<QJsonValue>(told);
}

/// Why it was refused, where the agent tells that of itself.
Error AgentLine::explained(const char* command, Error error) const
{
    if (error.code != ErrorCode::Unknown)
        return error;
    const auto info = m_ask(QByteArrayLiteral("{\"execute\":\"guest-info\"}"));
    if (!info || info->size() > kMostAnswerBytes)
        return error;
    const QJsonObject told = QJsonDocument::fromJson(*info).object()[QLatin1String("return")].toObject();
    const QJsonArray commands = told[QLatin1String("supported_commands")].toArray();
    const bool isAllowed = std::any_of(commands.begin(), commands.end(), [command](const auto& each) {
        return each[QLatin1String("name")].toString() == QLatin1String(command)
            && each[QLatin1String("enabled")].toBool();
    });
    if (isAllowed)
        return error;
    const auto frozen = m_ask(QByteArrayLiteral("{\"execute\":\"guest-fsfreeze-status\"}"));
    if (frozen && QJsonDocument::fromJson(*frozen).object()[QLatin1String("return")].toString() == u"frozen")
        return { ErrorCode::Busy, "its file systems are frozen, as for a backup, and its agent does nothing else", 0,
            "Try again once they are thawed." };
    return { ErrorCode::PermissionDenied, std::string("the configuration of its agent does not allow ") + command, 0,
        std::string("Inside, take ") + command
            + " off block-rpcs (\"blacklist\" before QEMU 8.1), or add it to allow-rpcs, in /etc/qemu/qemu-ga.conf or "
              "the options of its service; then restart qemu-guest-agent." };
}

Result<qint64> AgentLine::open(const std::string& path, AgentFileMode mode) const
{
    const auto name = utf8Of(path);
    if (!name)
        return name.error();
    const auto file = call("guest-file-open",
        { { QStringLiteral("path"), *name },
            { QStringLiteral("mode"), mode == AgentFileMode::Read ? QStringLiteral("rb") : QStringLiteral("wb") } });
    if (!file)
        return file.error();
    return file->isDouble() ? Result<qint64>(file->toInteger()) : Result<qint64>(nonsense("guest-file-open"));
}

Result<AgentPiece> AgentLine::read(qint64 file, qint64 atMostBytes) const
{
    const auto told
        = call("guest-file-read", { { QStringLiteral("handle"), file }, { QStringLiteral("count"), atMostBytes } });
    if (!told)
        return told.error();
    const QJsonObject object = told->toObject();
    auto bytes = bytesIn(object, "buf-b64");
    const QJsonValue end = object[QLatin1String("eof")];
    const auto count = integerIn(object, "count");
    if (!bytes || !end.isBool() || bytes->size() > static_cast<std::size_t>(atMostBytes)
        || count != static_cast<qint64>(bytes->size()))
        return nonsense("guest-file-read");
    return AgentPiece{ *std::move(bytes), end.toBool() };
}

Result<std::size_t> AgentLine::write(qint64 file, std::string_view bytes) const
{
    const auto told = call(
        "guest-file-write", { { QStringLiteral("handle"), file }, { QStringLiteral("buf-b64"), base64(bytes) } });
    if (!told)
        return told.error();
    const auto count = integerIn(told->toObject(), "count");
    if (!count || *count == 0 || *count > static_cast<qint64>(bytes.size()))
        return nonsense("guest-file-write");
    return static_cast<std::size_t>(*count);
}

Result<> AgentLine::close(qint64 file) const
{
    const QJsonObject handle{ { QStringLiteral("handle"), file } };
    const auto flushed = call("guest-file-flush", handle);
    const auto closed = call("guest-file-close", handle);
    if (!flushed)
        return flushed.error();
    return closed ? Result<>() : Result<>(closed.error());
}

Result<qint64> AgentLine::run(const std::vector<std::string>& arguments, std::string_view input) const
{
    QJsonArray words;
    for (const auto& argument : arguments) {
        const auto word = argument.empty() && !words.isEmpty() ? Result<QString>(QString()) : utf8Of(argument);
        if (!word)
            return word.error();
        words.append(*word);
    }
    if (words.isEmpty())
        return Error{ ErrorCode::InvalidArgument, "there is no command", 0, {} };
    if (input.size() > kGuestInputLimitBytes)
        return Error{ ErrorCode::InvalidArgument, "qemu-guest-agent takes 128 KiB of standard input at most", 0,
            "Copy it in as a file first." };
    const QString program = words.takeAt(0).toString();
    QJsonObject plan{ { QStringLiteral("path"), program }, { QStringLiteral("arg"), words },
        { QStringLiteral("capture-output"), true } };
    if (!input.empty())
        plan[QLatin1String("input-data")] = base64(input);
    const auto told = call("guest-exec", plan);
    if (!told)
        return told.error();
    const auto process = integerIn(told->toObject(), "pid");
    return process ? Result<qint64>(*process) : Result<qint64>(nonsense("guest-exec"));
}

Result<AgentProgramStatus> AgentLine::status(qint64 process) const
{
    const auto told = call("guest-exec-status", { { QStringLiteral("pid"), process } });
    if (!told)
        return told.error();
    const QJsonObject object = told->toObject();
    const QJsonValue ended = object[QLatin1String("exited")];
    auto output = bytesIn(object, "out-data");
    auto errorOutput = bytesIn(object, "err-data");
    if (!ended.isBool() || !output || !errorOutput)
        return nonsense("guest-exec-status");
    if (!ended.toBool())
        return AgentProgramStatus{};
    return AgentProgramStatus{ true, exitStatusIn(object), *std::move(output), *std::move(errorOutput),
        object[QLatin1String("out-truncated")].toBool() || object[QLatin1String("err-truncated")].toBool() };
}

} // namespace twinhull
