// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"

namespace twinhull {

/// A job that ends as soon as it starts, because what was asked cannot be done.
class RefusedJob : public Job {
    Q_OBJECT

public:
    RefusedJob(QString title, Error error) : Job(std::move(title)), m_error(std::move(error)) { }

protected:
    void doStart() override { finish(std::move(m_error)); }

private:
    Error m_error;
};

} // namespace twinhull
