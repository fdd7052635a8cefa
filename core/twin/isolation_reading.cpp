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
    const auto fails = [this](ErrorCode code, const QString& reason) {
        m_views.inside = Error{ code, reason.toStdString(), 0, {} };
        finishReading();
    };
    if (runner == nullptr)
        return fails(ErrorCode::Unsupported, tr("no program can be run inside"));
    if (program.empty())
        return fails(
            ErrorCode::NotFound, tr("needs %1, a part of Twinhull that is missing").arg(QLatin1String(kProbe)));
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
        return Error{ ErrorCode::Timeout, tr("no answer from inside in time").toStdString(), 0, {} };
    if (!m_probe->result())
        return m_probe->result().error();
    if (m_outcome->exitStatus != 0)
        return Error{ ErrorCode::Unavailable,
            tr("the program that looks ended with status %1").arg(m_outcome->exitStatus).toStdString(), 0, {} };
    return decodeIsolationView(m_outcome->output);
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
