// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/program.h"

#include "core/settings/settings.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTimer>

#include <cstdio>

namespace twinhull {

namespace {

constexpr auto kPatience = std::chrono::seconds(10);

VmOptions vmOptions(const DataFolders& folders, const GlobalOptions& options)
{
    const Settings settings(folders);
    VmOptions vm;
    vm.uri = options.libvirtUri.empty() ? settings.value(setting::kLibvirtUri)
                                        : QString::fromStdString(options.libvirtUri);
    vm.acceleration = accelerationFromText(settings.value(setting::kVmAcceleration));
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
    if (need == Need::Workloads) // first: its thread is answered by libvirt while the containers are read
        m_vms = std::make_unique<VmProvider>(m_folders, m_images, vmOptions(m_folders, m_options));
    if (need != Need::Images) {
        m_containers = std::make_unique<ContainerProvider>(m_folders, m_images, changes, std::move(names));
        m_registry.add(m_containers.get());
    }
    if (m_vms)
        knowVms();
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

Program::~Program() = default;

void Program::knowVms()
{
    m_registry.add(m_vms.get());
    connect(m_vms.get(), &VmProvider::settled, this, &Program::beginIfSettled);
}

void Program::alsoWithVms(Verb then)
{
    m_vms = std::make_unique<VmProvider>(m_folders, m_images, vmOptions(m_folders, m_options));
    knowVms();
    begin(std::move(then));
}

void Program::begin(Verb verb)
{
    m_verb = std::move(verb);
    m_progress.show(tr("Asking for containers and VMs…"));
    QTimer::singleShot(kPatience, this, [this] {
        if (m_verb)
            note(m_vms && !m_vms->isSettled()
                    ? tr("libvirt does not answer; going on without its VMs.")
                    : tr("A container's monitor does not answer; going on without its state."));
        beginNow();
    });
    beginIfSettled();
}

bool Program::isSettled() const
{
    return (!m_vms || m_vms->isSettled()) && (!m_containers || m_containers->isSettled());
}

void Program::beginIfSettled()
{
    if (isSettled())
        beginNow();
}

void Program::beginNow()
{
    m_progress.clear();
    if (auto verb = std::exchange(m_verb, {}))
        verb(*this);
}

void Program::noteMissingVms()
{
    const auto available = m_vms ? m_vms->availability() : Result<>();
    if (!available)
        note(tr("VMs are not listed: %1").arg(QString::fromStdString(available.error().toLine())));
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
    finishAs(static_cast<int>(code));
}

void Program::finishAs(int exitStatus)
{
    m_progress.clear();
    QCoreApplication::exit(exitStatus);
}

} // namespace twinhull
