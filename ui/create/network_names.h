// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"
#include "ui/page/app_context.h"

#include <QStringList>

#include <memory>

namespace twinhull {

/// The names of the networks that containers can have, read once on another thread. Says nothing where they cannot be
/// read: the name can be typed, and creating tells why. GUI thread.
class NetworkNames : public QObject {
    Q_OBJECT

public:
    explicit NetworkNames(const AppContext& context, QObject* parent = nullptr);
    ~NetworkNames() override;

Q_SIGNALS:
    void read(const QStringList& names); ///< later, never from the constructor

private:
    std::unique_ptr<Job> m_reading;
};

} // namespace twinhull
