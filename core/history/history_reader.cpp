// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/history_reader.h"

#include "core/history/history_database.h"

namespace twinhull {

namespace {

Result<PastAnswer> readAnswer(const std::string& path, const PastQuestion& question)
{
    const auto database = HistoryDatabase::open(path, HistoryDatabase::Access::Read);
    if (!database && database.error().code == ErrorCode::NotFound)
        return PastAnswer{ question.stepMilliseconds, {} };
    return database ? (*database)->past(question) : Result<PastAnswer>(database.error());
}

} // namespace

HistoryReader::HistoryReader(std::string path, QObject* parent) : QObject(parent), m_path(std::move(path))
{
    m_pool.setMaxThreadCount(1);
    m_pool.setThreadPriority(QThread::LowPriority);
}

HistoryReader::~HistoryReader()
{
    for (const auto& each : m_asked) {
        if (const auto question = each.lock())
            question->isDropped = true;
    }
    m_pool.waitForDone();
}

void HistoryReader::ask(std::shared_ptr<PastQuestion> question, Receive receive)
{
    std::erase_if(m_asked, [](const auto& each) { return each.expired(); });
    m_asked.push_back(question);
    m_pool.start([this, path = m_path, question = std::move(question), receive = std::move(receive)] {
        if (question->isDropped)
            return;
        auto answer = std::make_shared<Result<PastAnswer>>(readAnswer(path, *question));
        QMetaObject::invokeMethod(
            this,
            [question, receive, answer] {
                if (!question->isDropped)
                    receive(*answer);
            },
            Qt::QueuedConnection);
    });
}

} // namespace twinhull
