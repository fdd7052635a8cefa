// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"
#include "core/settings/login_service.h"

#include <memory>

namespace twinhull {

enum class LoginServiceChange { Enable, Disable };

/// Has containers started again at login, or no longer, and tells the person's systemd, where it listens.
std::unique_ptr<Job> loginServiceJob(const LoginService& service, LoginServiceChange change);

} // namespace twinhull
