// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/login_service_job.h"

#include "core/jobs/thread_job.h"

#include <QCoreApplication>
#include <QThreadPool>

namespace twinhull {

std::unique_ptr<Job> loginServiceJob(const LoginService& service, LoginServiceChange change)
{
    const bool isWanted = change == LoginServiceChange::Enable;
    const QString title = isWanted
        ? QCoreApplication::translate("LoginServiceJob", "Have containers started again at login")
        : QCoreApplication::translate("LoginServiceJob", "Have no containers started again at login");
    return std::make_unique<ThreadJob>(title, QThreadPool::globalInstance(), [service, isWanted](JobContext&) {
        auto done = isWanted ? service.enable() : service.disable();
        if (done)
            (void)reloadUserManager(); // else it reads its units when it starts
        return done;
    });
}

} // namespace twinhull
