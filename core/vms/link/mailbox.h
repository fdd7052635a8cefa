// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <mutex>
#include <utility>

namespace twinhull {

/// Carries calls from other threads to an object until it goes.
class Mailbox {
public:
    explicit Mailbox(QObject* target) : m_target(target) { }

    void close()
    {
        const std::lock_guard lock(m_mutex);
        m_target = nullptr;
    }

    template <typename Call>
    void post(Call&& call)
    {
        const std::lock_guard lock(m_mutex);
        if (m_target != nullptr)
            QMetaObject::invokeMethod(m_target, std::forward<Call>(call), Qt::QueuedConnection);
    }

private:
    std::mutex m_mutex;
    QObject* m_target;
};

} // namespace twinhull
