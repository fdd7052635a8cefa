// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/containers/container_provider.h"
#include "core/images/image_store.h"
#include "tests/support/http.h"
#include "tests/support/temporary_world.h"
#include "tests/support/wait_for_job.h"

#include <memory>

namespace twinhull::test {

/// A private world with the starter image and a provider; at its end every container is stopped and removed.
class ContainerWorld {
public:
    ContainerWorld();
    ~ContainerWorld();

    /// Why the world cannot be used; empty when it can.
    QString problem() const { return m_problem; }
    const DataFolders& folders() const { return m_world.folders(); }
    QString path(const QString& below) const { return m_world.path(below); }
    ImageStore& images() { return *m_images; }
    ContainerProvider& provider() { return *m_provider; }
    /// Lets go of the provider and makes another one, as a program that is started again does.
    void restartProvider();

    /// A plan for the starter image: a name and the command to run in place of its HTTP server.
    static WorkloadPlan plan(const QString& name, const QStringList& command = {});
    /// plan() for a shell script.
    static WorkloadPlan script(const QString& name, const QString& text);

    Result<> create(const WorkloadPlan& plan);
    Result<> start(const QString& name);
    Result<> stop(const QString& name, StopMode mode);
    Result<> remove(const QString& name);
    WorkloadInfo info(const QString& name) const; ///< empty name when there is none
    QByteArray log(const QString& name) const; ///< the text of its log without times

private:
    TemporaryWorld m_world;
    std::unique_ptr<ImageStore> m_images;
    std::unique_ptr<ContainerProvider> m_provider;
    QString m_problem;
};

/// A TCP port of 127.0.0.1 that nobody listens on just now.
std::uint16_t freePort();

} // namespace twinhull::test
