// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QObject>
#include <QString>

namespace twinhull {

/// One piece of work a person can watch, cancel and read afterwards. All or nothing: a job that fails or is cancelled
/// leaves what was there before. Lives on the thread that made it; all members and signals belong to that thread.
class Job : public QObject {
    Q_OBJECT

public:
    enum class State { Pending, Running, Succeeded, Failed, Cancelled };
    Q_ENUM(State)

    /// `title` is what the person reads: "Start web".
    explicit Job(QString title);

    QString title() const { return m_title; }
    QString step() const { return m_step; } ///< what it does just now; may be empty
    State state() const { return m_state; }
    bool isFinished() const { return m_state != State::Pending && m_state != State::Running; }
    qint64 done() const { return m_done; }
    qint64 total() const { return m_total; } ///< 0 while unknown
    const Result<>& result() const { return m_result; } ///< meaningful once finished

    void start(); ///< once
    void cancel(); ///< asks; finished() follows, with Cancelled unless the work was done already

Q_SIGNALS:
    void progressChanged(qint64 done, qint64 total);
    void stepChanged(const QString& step);
    void finished(); ///< once and last

protected:
    virtual void doStart() = 0;
    virtual void doCancel() { }
    bool isCancelRequested() const { return m_cancelRequested; }
    void setProgress(qint64 done, qint64 total);
    void setStep(const QString& step);
    void finish(Result<> result);

private:
    QString m_title;
    QString m_step;
    State m_state = State::Pending;
    Result<> m_result;
    qint64 m_done = 0;
    qint64 m_total = 0;
    bool m_cancelRequested = false;
};

} // namespace twinhull
