// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QJsonObject>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace twinhull::test {

/// A qemu-guest-agent with files in memory and four programs (stat, chmod, mv, rm), which answers as the real one does
/// unless the test says otherwise.
class PlayedAgent {
public:
    struct File {
        std::string content;
        unsigned mode = 0100644;
    };
    using Answer = std::function<Result<QByteArray>(const QJsonObject& arguments)>;

    std::map<std::string, File> files; ///< by path; a folder has its mode
    std::map<QString, Answer> instead; ///< by command: what it says in place of the usual
    std::vector<std::string> commands; ///< all it was told to run, words joined by blanks
    int openFiles = 0;

    Result<QByteArray> ask(const QByteArray& command);
    static QByteArray told(const QJsonValue& value);

private:
    struct Process {
        int status = 0;
        std::string output;
        std::string errorOutput;
    };

    Result<QByteArray> answerOf(const QString& command, const QJsonObject& arguments);
    Process run(const std::vector<std::string>& words);
    Result<QByteArray> open(const QJsonObject& arguments);
    QByteArray read(const QJsonObject& arguments);

    std::map<qint64, Process> m_processes;
    std::map<qint64, std::pair<std::string, std::size_t>> m_handles; ///< path and place
    qint64 m_next = 1000;
};

} // namespace twinhull::test
