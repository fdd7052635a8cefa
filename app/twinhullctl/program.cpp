// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/program.h"

#include "core/settings/settings.h"
#include "core/vms/snapshots/domain_snapshot.h"
#include "core/workload/workload_groups.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace twinhull {

namespace {

constexpr auto kPatience = std::chrono::seconds(10);
constexpr auto kNamedHostPatience = std::chrono::seconds(40); // above what LibvirtLink gives a host to connect
constexpr auto kOthersPatience = std::chrono::seconds(3);

/// Of the connection that is asked for by its name or address; else of the one in the settings.
Result<VmOptions> vmOptions(const DataFolders& folders, const QString& connection)
{
    const Settings settings(folders);
    VmOptions vm;
    vm.uri = settings.value(setting::kLibvirtUri);
    vm.acceleration = accelerationFromText(settings.value(setting::kVmAcceleration));
    if (connection.isEmpty() || connection == u"home")
        return vm;
    const auto saved = ConnectionList(folders).find(connection);
    if (saved) {
        vm.uri = saved->uri;
        vm.connection = saved->name;
    } else if (connection.contains(u"://")) {
        vm.uri = connection;
    } else {
        return saved.error();
    }
    return vm;
}

QString progressText(const Job& job)
{
    QString text = job.title();
    if (!job.step().isEmpty() && job.step() != job.title())
        text += QStringLiteral(": ") + job.step();
    if (job.total() > 0)
        text += QStringLiteral(" (%1 %)").arg(job.done() * 100 / job.total());
    return text;
}

} // namespace

Program::Program(GlobalOptions options, Need need, OthersChanges changes, std::vector<std::string> names)
    : m_options(std::move(options)), m_folders(DataFolders::fromEnvironment()), m_images(m_folders)
{
    if (need != Need::Images)
        readGroups();
    if (need >= Need::Workloads) // first: their threads are answered by libvirt while the containers are read
        openVms();
    if (need == Need::AllConnections && m_options.libvirtUri.empty())
        openOthers();
    if (need != Need::Images) {
        m_containers = std::make_unique<ContainerProvider>(m_folders, m_images, changes, std::move(names));
        m_registry.add(m_containers.get());
    }
    if (m_vms)
        know(*m_vms);
    for (const auto& other : m_others)
        know(*other);
    connect(&m_jobs, &JobQueue::changed, this, [this](const Job* job) {
        if (job->isFinished())
            m_progress.clear();
        else
            m_progress.show(progressText(*job));
    });
    connect(this, &Program::interrupted, this, &Program::onInterrupt);
    connect(&m_registry, &WorkloadRegistry::changed, this, &Program::beginIfSettled);
    connect(&m_registry, &WorkloadRegistry::removed, this, &Program::beginIfSettled);
}

/// Hosts that hang are told first, so that they are waited for together.
Program::~Program()
{
    for (const auto& other : m_others) {
        const QSignalBlocker quiet(other.get());
        other->retire();
    }
}

void Program::openVms()
{
    auto options = vmOptions(m_folders, QString::fromStdString(m_options.libvirtUri));
    m_isOfNamedHost = options && !m_options.libvirtUri.empty() && placeOf(options->uri) == HypervisorPlace::Elsewhere;
    if (options)
        m_vms = std::make_unique<VmProvider>(m_folders, m_images, *std::move(options));
    else
        m_refusal = options.error();
}

void Program::openOthers()
{
    const auto all = ConnectionList(m_folders).read();
    if (!all) {
        note(QString::fromStdString(all.error().toLine()));
        return;
    }
    for (const SavedConnection& one : *all) {
        if (one.isAutoconnected)
            open(one);
    }
}

VmProvider& Program::open(const SavedConnection& connection)
{
    VmOptions options;
    options.uri = connection.uri;
    options.connection = connection.name;
    m_others.push_back(std::make_unique<VmProvider>(m_folders, m_images, options));
    return *m_others.back();
}

void Program::know(VmProvider& provider)
{
    m_registry.add(&provider);
    connect(&provider, &VmProvider::settled, this, &Program::beginIfSettled);
}

/// Without them the rest is as right as before.
void Program::readGroups()
{
    if (auto groups = twinhull::readGroups(m_folders))
        m_registry.setGroups(*std::move(groups));
    else
        note(tr("The groups are not known: %1").arg(QString::fromStdString(groups.error().toLine())));
}

void Program::alsoWithVms(Verb then)
{
    openVms();
    if (m_vms)
        know(*m_vms);
    begin(std::move(then));
}

void Program::alsoWith(const SavedConnection& connection, Verb then)
{
    know(open(connection));
    begin(std::move(then));
}

std::vector<VmProvider*> Program::connections() const
{
    std::vector<VmProvider*> all;
    if (m_vms)
        all.push_back(m_vms.get());
    for (const auto& other : m_others)
        all.push_back(other.get());
    return all;
}

void Program::begin(Verb verb)
{
    if (m_refusal)
        return fail(*std::exchange(m_refusal, {}));
    m_verb = std::move(verb);
    m_progress.show(m_isOfNamedHost ? tr("Connecting to %1…").arg(QString::fromStdString(m_options.libvirtUri))
                                    : tr("Asking for containers and VMs…"));
    QTimer::singleShot(m_isOfNamedHost ? kNamedHostPatience : kPatience, this, [this] {
        if (m_verb)
            note(m_vms && !m_vms->isSettled()
                    ? tr("libvirt does not answer; going on without its VMs.")
                    : tr("A container's monitor does not answer; going on without its state."));
        beginNow();
    });
    if (!m_others.empty())
        QTimer::singleShot(kOthersPatience, this, [this] { // a host that is dead must not hold up the others' list
            m_isOthersTimeOver = true;
            beginIfSettled();
        });
    beginIfSettled();
}

bool Program::isSettled() const
{
    const bool areOthers = m_isOthersTimeOver
        || std::all_of(m_others.begin(), m_others.end(), [](const auto& other) { return other->isSettled(); });
    return areOthers && (!m_vms || m_vms->isSettled()) && (!m_containers || m_containers->isSettled());
}

void Program::beginIfSettled()
{
    if (isSettled())
        beginNow();
}

void Program::beginNow()
{
    m_progress.clear();
    const auto available = m_vms ? m_vms->availability() : Result<>();
    if (m_verb && m_isOfNamedHost && !available && available.error().code == ErrorCode::Timeout) {
        m_verb = {};
        Error unreachable = available.error();
        unreachable.code = ErrorCode::Unavailable;
        return fail(unreachable);
    }
    if (auto verb = std::exchange(m_verb, {}))
        verb(*this);
}

void Program::noteMissingVms()
{
    const auto available = m_vms ? m_vms->availability() : Result<>();
    if (!available)
        note(tr("VMs are not listed: %1").arg(QString::fromStdString(available.error().toLine())));
    for (const auto& other : m_others) {
        const auto status = other->connectionStatus();
        if (!status || status->state == ConnectionStatus::State::Connected)
            continue;
        const QString why = status->error
            ? QString::fromStdString(status->error->toLine())
            : tr("it does not answer (last seen: %1)").arg(lastSeenText(status->lastSeen));
        note(tr("VMs of %1 are not listed: %2").arg(status->name, why));
    }
}

void Program::run(std::unique_ptr<Job> job, const Then& then)
{
    std::vector<std::unique_ptr<Job>> one;
    one.push_back(std::move(job));
    runAll(std::move(one), then);
}

void Program::runAll(std::vector<std::unique_ptr<Job>> jobs, const Then& then)
{
    if (jobs.empty()) {
        then();
        return;
    }
    const auto left = std::make_shared<std::size_t>(jobs.size());
    for (auto& job : jobs) {
        runToTheEnd(std::move(job), [this, left, then](const Job&) {
            if (--*left > 0)
                return;
            if (m_code == ExitCode::Ok)
                then();
            else
                finish(m_code);
        });
    }
}

void Program::runToTheEnd(std::unique_ptr<Job> job, std::function<void(const Job&)> then)
{
    Job* raw = m_jobs.submit(std::move(job));
    connect(raw, &Job::finished, this, [this, raw, then = std::move(then)] {
        m_progress.clear();
        if (raw->state() != Job::State::Succeeded)
            tell(raw->state() == Job::State::Cancelled
                    ? Error{ ErrorCode::Cancelled, raw->title().toStdString() + ": cancelled", 0, {} }
                    : raw->result().error());
        then(*raw);
    });
}

void Program::onInterrupt()
{
    if (m_verb)
        finish(ExitCode::Cancelled); // still waiting for libvirt
    for (auto* job : m_jobs.jobs())
        job->cancel();
}

void Program::print(const QString& text)
{
    write(text.toUtf8());
}

void Program::write(const QByteArray& bytes)
{
    m_progress.clear();
    std::fwrite(bytes.constData(), 1, static_cast<std::size_t>(bytes.size()), stdout);
    std::fflush(stdout);
}

void Program::print(const QJsonValue& value)
{
    const QJsonDocument document = value.isArray() ? QJsonDocument(value.toArray()) : QJsonDocument(value.toObject());
    write(document.toJson(QJsonDocument::Indented));
}

void Program::note(const QString& text)
{
    m_progress.clear();
    std::fprintf(stderr, "twinhullctl: %s\n", text.toUtf8().constData());
}

void Program::tell(const Error& error)
{
    if (m_code == ExitCode::Ok)
        m_code = exitCodeOf(error.code);
    note(QString::fromStdString(error.toLine()));
    if (m_options.isVerbose)
        note(QStringLiteral("code %1, errno %2")
                 .arg(QLatin1String(nameOf(error.code).data(), static_cast<qsizetype>(nameOf(error.code).size())))
                 .arg(error.sysErrno));
    if (!wantsJson())
        return;
    const QJsonObject details{
        { QStringLiteral("code"), QString::fromUtf8(nameOf(error.code).data()) },
        { QStringLiteral("message"), QString::fromStdString(error.message) },
        { QStringLiteral("hint"), error.hint.empty() ? QJsonValue() : QJsonValue(QString::fromStdString(error.hint)) },
    };
    print(QJsonValue(QJsonObject{ { QStringLiteral("error"), details } }));
}

void Program::fail(const Error& error)
{
    tell(error);
    finish(m_code);
}

void Program::finish(ExitCode code)
{
    const int exitCode = static_cast<int>(code);
    finishAs(code == ExitCode::Ok ? exitCode : m_failureStatus.value_or(exitCode));
}

void Program::finishAs(int exitStatus)
{
    m_progress.clear();
    QCoreApplication::exit(exitStatus);
}

} // namespace twinhull
