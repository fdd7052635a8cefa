// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/isolation_reading.h"

#include "core/workload/workload_connection.h"
#include "core/base/data_folders.h"
#include "core/isolation/isolation_json.h"
#include "core/isolation/isolation_reader.h"

#include <QTimer>

namespace twinhull {

namespace {

constexpr const char* kProbe = "isolation-probe";
constexpr std::chrono::seconds kLongestProbe{ 30 }; // of an emulated guest under load

Error reason(ErrorCode code, const QString& why, const QString& nextStep)
{
    return { code, why.toStdString(), 0, nextStep.toStdString() };
}

} // namespace

IsolationReading::IsolationReading(const WorkloadRegistry& workloads, WorkloadInfo info)
    : Job(tr("Read isolation of %1").arg(info.name)), m_workloads(workloads), m_info(std::move(info))
{
}

IsolationReading::~IsolationReading() = default;

void IsolationReading::doStart()
{
    auto host = readOwnView();
    if (!host) {
        finish(std::move(host).error());
        return;
    }
    m_views.host = *std::move(host);
    if (m_info.footprint.isEmpty()) {
        finishReading();
        return;
    }
    m_views.outside = readViewOf(m_info.footprint.rootPids.front());
    readInside();
}

void IsolationReading::readInside()
{
    auto* runner = dynamic_cast<CommandRunner*>(providerOf(m_workloads, m_info.id));
    const std::string program = findProgram(kProbe);
    const auto fails = [this](Error error) {
        m_views.inside = std::move(error);
        finishReading();
    };
    if (runner == nullptr)
        return fails(reason(ErrorCode::Unsupported, tr("no program can be run inside"),
            tr("Compare with a workload that Twinhull made: it has what this needs.")));
    if (program.empty())
        return fails(
            reason(ErrorCode::NotFound, tr("needs %1, a part of Twinhull that is missing").arg(QLatin1String(kProbe)),
                tr("Install Twinhull again.")));
    m_outcome = std::make_shared<CommandOutcome>();
    m_probe = runner->runInside(m_info.id, { { kProbe }, program }, m_outcome);
    connect(m_probe.get(), &Job::finished, this, [this] {
        m_views.inside = viewFromInside();
        finishReading();
    });
    QTimer::singleShot(kLongestProbe, m_probe.get(), &Job::cancel);
    m_probe->start();
}

Result<IsolationView> IsolationReading::viewFromInside() const
{
    if (m_probe->state() == State::Cancelled)
        return reason(ErrorCode::Timeout, tr("no answer from inside within %1 s").arg(kLongestProbe.count()),
            tr("Read it again once the system inside has started and is less busy."));
    if (!m_probe->result())
        return m_probe->result().error();
    if (m_outcome->exitStatus != 0)
        return reason(ErrorCode::Unavailable,
            tr("the program that looks ended with status %1").arg(m_outcome->exitStatus),
            tr("Its rules may keep it from running: see the workload's log, then read it again."));
    auto view = decodeIsolationView(m_outcome->output);
    return view ? view
                : Result<IsolationView>(std::move(view).error().withHint(
                    tr("What is inside may have changed the answer: trust the view from outside.").toStdString()));
}

void IsolationReading::finishReading()
{
    if (m_probe)
        m_probe.release()->deleteLater(); // it may be telling just now that it finished
    finish(isCancelRequested() ? Result<>(Error{ ErrorCode::Cancelled, "cancelled", 0, {} }) : Result<>());
}

void IsolationReading::doCancel()
{
    if (m_probe)
        m_probe->cancel();
}

} // namespace twinhull
