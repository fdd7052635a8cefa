// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/subprocess.h"
#include "core/jobs/refused_job.h"
#include "core/jobs/thread_job.h"
#include "core/workload/command_runner.h"
#include "core/workload/workload_provider.h"

#include <QTcpServer>
#include <QTcpSocket>

#include <functional>
#include <map>

#include <csignal>
#include <sys/wait.h>

namespace twinhull::test {

/// A job that does its work when it starts and is done.
class StepJob : public Job {
public:
    StepJob(QString title, std::function<Result<>()> work) : Job(std::move(title)), m_work(std::move(work)) { }

protected:
    void doStart() override { finish(m_work()); }

private:
    std::function<Result<>()> m_work;
};

/// Workloads that are plain processes (sleep) with an HTTP server of the test on their published port: what twins/ sees
/// of a kind, without namespaces and without libvirt.
class PlainProvider : public WorkloadProvider {
public:
    explicit PlainProvider(WorkloadKind kind, QStringList* log = nullptr) : m_kind(kind), m_log(log) { }
    ~PlainProvider() override
    {
        for (const auto& [key, child] : m_children)
            end(child);
    }

    Result<> startResult; ///< what start() answers
    Result<> available;
    QStringList machines; ///< of the workloads that are made, in their order; then none is told
    QByteArray answer = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ndone";
    std::vector<WorkloadPlan> plans; ///< all that create() was given

    WorkloadKind kind() const override { return m_kind; }
    std::vector<WorkloadInfo> workloads() const override { return m_workloads; }
    Result<> availability() const override { return available; }
    std::vector<HostNotice> notices() const override { return {}; }

    std::unique_ptr<Job> create(const WorkloadPlan& plan) override
    {
        return step(QStringLiteral("create"), [this, plan] {
            plans.push_back(plan);
            WorkloadInfo info;
            info.id = { m_kind, QStringLiteral("key-%1").arg(++m_made) };
            info.name = plan.name;
            info.state = WorkloadState::Stopped;
            info.twinGroup = plan.twinGroup;
            info.ports = plan.ports;
            info.engine = m_kind == WorkloadKind::Vm ? QStringLiteral("tcg") : QStringLiteral("hull");
            if (!machines.isEmpty())
                info.machine = machines.takeFirst();
            info.capabilities = Capabilities(Capability::Start) | Capability::Remove;
            m_workloads.push_back(info);
            Q_EMIT added(info);
            return Result<>();
        });
    }

    std::unique_ptr<Job> start(const WorkloadId& id) override
    {
        return step(QStringLiteral("start"), [this, id] {
            if (!startResult)
                return startResult;
            const auto request = monotonicNanoseconds();
            auto child = spawn({ { "sleep", "1000" }, {}, {} }, {});
            if (!child)
                return Result<>(child.error());
            auto& info = of(id);
            info.state = WorkloadState::Running;
            info.footprint.rootPids = { child->pid };
            info.capabilities = Capabilities(Capability::Stop) | Capability::ForceOff | Capability::Remove;
            info.startupMarks
                = { { QStringLiteral("request"), request }, { QStringLiteral("ready"), monotonicNanoseconds() } };
            m_children[id.key] = *std::move(child);
            serve(info);
            Q_EMIT changed(info);
            return Result<>();
        });
    }

    std::unique_ptr<Job> stop(const WorkloadId& id, StopMode) override
    {
        return step(QStringLiteral("stop"), [this, id] {
            halt(id);
            return Result<>();
        });
    }
    std::unique_ptr<Job> pause(const WorkloadId&) override { return unsupported(); }
    std::unique_ptr<Job> resume(const WorkloadId&) override { return unsupported(); }
    std::unique_ptr<Job> remove(const WorkloadId& id) override
    {
        return step(QStringLiteral("remove"), [this, id] {
            halt(id);
            std::erase_if(m_workloads, [&](const auto& info) { return info.id == id; });
            Q_EMIT removed(id);
            return Result<>();
        });
    }
    Result<DiskUse> diskUse(const WorkloadId&) const override { return DiskUse{ 1000, 24 }; }

private:
    static void end(const Child& child)
    {
        ::kill(child.pid, SIGKILL);
        ::waitpid(child.pid, nullptr, 0);
    }

    std::unique_ptr<Job> step(const QString& verb, std::function<Result<>()> work)
    {
        const QString text = verb + (m_kind == WorkloadKind::Vm ? QStringLiteral(" vm") : QStringLiteral(" container"));
        return std::make_unique<StepJob>(text, [this, text, work = std::move(work)] {
            if (m_log != nullptr)
                *m_log << text;
            return work();
        });
    }

    static std::unique_ptr<Job> unsupported()
    {
        return std::make_unique<RefusedJob>(QString(), Error{ ErrorCode::Unsupported, "not here", 0, {} });
    }

    WorkloadInfo& of(const WorkloadId& id)
    {
        return *std::find_if(m_workloads.begin(), m_workloads.end(), [&](const auto& info) { return info.id == id; });
    }

    void serve(const WorkloadInfo& info)
    {
        if (info.ports.empty())
            return;
        auto server = std::make_unique<QTcpServer>();
        connect(server.get(), &QTcpServer::newConnection, this, [this, raw = server.get()] {
            auto* socket = raw->nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [this, socket] {
                if (!answer.isEmpty()) {
                    socket->write(answer);
                    socket->disconnectFromHost();
                }
            });
        });
        server->listen(QHostAddress::LocalHost, info.ports.front().hostPort);
        m_servers[info.id.key] = std::move(server);
    }

    void halt(const WorkloadId& id)
    {
        m_servers.erase(id.key);
        if (auto child = m_children.extract(id.key))
            end(child.mapped());
        auto& info = of(id);
        info.state = WorkloadState::Stopped;
        info.footprint = {};
        info.capabilities = Capabilities(Capability::Start) | Capability::Remove;
        Q_EMIT changed(info);
    }

    WorkloadKind m_kind;
    QStringList* m_log;
    int m_made = 0;
    std::vector<WorkloadInfo> m_workloads;
    std::map<QString, Child> m_children;
    std::map<QString, std::unique_ptr<QTcpServer>> m_servers;
};

/// The same, and commands "inside" are plain processes too.
class PlainRunningProvider : public PlainProvider, public CommandRunner {
public:
    using PlainProvider::PlainProvider;

    std::vector<InsideCommand> commands; ///< all that runInside() was given

    std::unique_ptr<Job> runInside(
        const WorkloadId&, InsideCommand command, std::shared_ptr<CommandOutcome> outcome) override
    {
        commands.push_back(command);
        if (!command.programPath.empty())
            command.arguments.front() = command.programPath;
        return std::make_unique<ThreadJob>(QStringLiteral("command"), QThreadPool::globalInstance(),
            [command, outcome](JobContext& context) -> Result<> {
                const auto begin = monotonicNanoseconds();
                auto output = runCommand({ command.arguments, {}, {} },
                    CommandRun{ std::chrono::minutes(1), [&context] { return context.isCancelled(); } });
                if (!output)
                    return std::move(output).error();
                *outcome = { output->exitStatus, output->standardOutput, output->standardError,
                    std::chrono::nanoseconds(monotonicNanoseconds() - begin) };
                return {};
            });
    }
    Result<InsideRun> prepareInside(const WorkloadId&, InsideCommand) override
    {
        return Error{ ErrorCode::Unsupported, "nothing is carried here", 0, {} };
    }
};

} // namespace twinhull::test
