// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/played_agent.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

namespace twinhull::test {

QByteArray PlayedAgent::told(const QJsonValue& value)
{
    return QJsonDocument(QJsonObject{ { QStringLiteral("return"), value } }).toJson(QJsonDocument::Compact);
}

Result<QByteArray> PlayedAgent::ask(const QByteArray& command)
{
    const QJsonObject question = QJsonDocument::fromJson(command).object();
    const QString name = question[QLatin1String("execute")].toString();
    const QJsonObject arguments = question[QLatin1String("arguments")].toObject();
    const auto other = instead.find(name);
    return other != instead.end() ? other->second(arguments) : answerOf(name, arguments);
}

Result<QByteArray> PlayedAgent::answerOf(const QString& command, const QJsonObject& arguments)
{
    const qint64 handle = arguments[QLatin1String("handle")].toInteger();
    const auto textOf
        = [&](const char* key) { return QByteArray::fromBase64(arguments[QLatin1String(key)].toString().toLatin1()); };
    if (command == u"guest-file-open")
        return open(arguments);
    if (command == u"guest-file-read")
        return read(arguments);
    if (command == u"guest-file-write") {
        const auto bytes = textOf("buf-b64").toStdString();
        files[m_handles[handle].first].content += bytes;
        return told(QJsonObject{ { QStringLiteral("count"), static_cast<qint64>(bytes.size()) } });
    }
    if (command == u"guest-file-close") {
        openFiles -= static_cast<int>(m_handles.erase(handle));
        return told(QJsonObject());
    }
    if (command == u"guest-exec") {
        std::vector<std::string> words{ arguments[QLatin1String("path")].toString().toStdString() };
        for (const auto& word : arguments[QLatin1String("arg")].toArray())
            words.push_back(word.toString().toStdString());
        m_processes[m_next] = run(words);
        return told(QJsonObject{ { QStringLiteral("pid"), m_next++ } });
    }
    if (command == u"guest-exec-status") {
        const auto& process = m_processes[arguments[QLatin1String("pid")].toInteger()];
        const auto coded
            = [](const std::string& text) { return QString::fromLatin1(QByteArray::fromStdString(text).toBase64()); };
        return told(QJsonObject{ { QStringLiteral("exited"), true }, { QStringLiteral("exitcode"), process.status },
            { QStringLiteral("out-data"), coded(process.output) },
            { QStringLiteral("err-data"), coded(process.errorOutput) } });
    }
    return told(QJsonObject()); // guest-file-flush, guest-info …
}

Result<QByteArray> PlayedAgent::open(const QJsonObject& arguments)
{
    const std::string path = arguments[QLatin1String("path")].toString().toStdString();
    const bool writes = arguments[QLatin1String("mode")].toString().startsWith(u'w');
    if (!writes && files.count(path) == 0)
        return Error{ ErrorCode::NotFound, "failed to open file: No such file or directory", 0, {} };
    if (writes)
        files[path] = {};
    ++openFiles;
    m_handles[m_next] = { path, 0 };
    return told(m_next++);
}

QByteArray PlayedAgent::read(const QJsonObject& arguments)
{
    auto& [path, place] = m_handles[arguments[QLatin1String("handle")].toInteger()];
    const std::string piece
        = files[path].content.substr(place, static_cast<std::size_t>(arguments[QLatin1String("count")].toInteger()));
    place += piece.size();
    return told(QJsonObject{ { QStringLiteral("count"), static_cast<qint64>(piece.size()) },
        { QStringLiteral("buf-b64"), QString::fromLatin1(QByteArray::fromStdString(piece).toBase64()) },
        { QStringLiteral("eof"), place >= files[path].content.size() } });
}

PlayedAgent::Process PlayedAgent::run(const std::vector<std::string>& words)
{
    std::string joined;
    for (const auto& word : words)
        joined += (joined.empty() ? "" : " ") + word;
    commands.push_back(joined);
    const std::string& last = words.back();
    const auto found = files.find(last);
    if (words.front() == "stat") {
        if (found == files.end())
            return { 1, {}, "stat: cannot stat '" + last + "': No such file or directory\n" };
        const QByteArray mode = QByteArray::number(found->second.mode, 16);
        return { 0, mode.toStdString() + " " + std::to_string(found->second.content.size()) + "\n", {} };
    }
    if (words.front() == "mv") {
        files[last] = files[words[words.size() - 2]];
        files.erase(words[words.size() - 2]);
    } else if (words.front() == "rm") {
        files.erase(last);
    } else if (words.front() == "chmod" && found != files.end()) {
        found->second.mode = 0100000U | static_cast<unsigned>(std::stoul(words[1], nullptr, 8));
    }
    return {};
}

} // namespace twinhull::test
