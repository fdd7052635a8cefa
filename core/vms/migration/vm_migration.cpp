// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/migration/vm_migration.h"

#include "core/base/files.h"
#include "core/base/text.h"
#include "core/jobs/refused_job.h"
#include "core/jobs/unbounded_call.h"
#include "core/vms/migration/migration_disks.h"
#include "core/vms/migration/migration_mark.h"
#include "core/vms/migration/migration_obstacles.h"
#include "core/vms/link/open_domain.h"
#include "core/vms/disks/vm_orphans.h"

#include <QCoreApplication>

#include <algorithm>
#include <future>

#include <sys/un.h>

namespace twinhull {

namespace {

constexpr std::chrono::milliseconds kMigrationCheck{ 200 };
constexpr unsigned kUndefineButKeep
    = VIR_DOMAIN_UNDEFINE_KEEP_NVRAM | VIR_DOMAIN_UNDEFINE_KEEP_TPM | VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA;

QString migrationText(const char* text)
{
    return QCoreApplication::translate("VmMigration", text);
}

/// libvirt's list of named values.
class TypedParameters {
public:
    TypedParameters() = default;
    TypedParameters(const TypedParameters&) = delete;
    TypedParameters& operator=(const TypedParameters&) = delete;
    ~TypedParameters() { virTypedParamsFree(m_list, m_count); }

    void add(const char* name, const QByteArray& text)
    {
        (void)virTypedParamsAddString(&m_list, &m_count, &m_most, name, text.constData()); // fails for want of memory
    }
    void add(const char* name, std::uint64_t number)
    {
        (void)virTypedParamsAddULLong(&m_list, &m_count, &m_most, name, number);
    }

    virTypedParameterPtr list() const { return m_list; }
    unsigned count() const { return static_cast<unsigned>(m_count); }

private:
    virTypedParameterPtr m_list = nullptr;
    int m_count = 0;
    int m_most = 0;
};

/// What libvirt tells of a domain's job.
class JobFigures {
public:
    JobFigures(virDomainPtr domain, unsigned flags)
    {
        int type = VIR_DOMAIN_JOB_NONE;
        if (virDomainGetJobStats(domain, &type, &m_list, &m_count, flags) != 0)
            m_count = 0;
    }
    JobFigures(const JobFigures&) = delete;
    JobFigures& operator=(const JobFigures&) = delete;
    ~JobFigures() { virTypedParamsFree(m_list, m_count); }

    std::optional<std::uint64_t> number(const char* name) const
    {
        unsigned long long value = 0;
        return m_count > 0 && virTypedParamsGetULLong(m_list, m_count, name, &value) == 1
            ? std::optional<std::uint64_t>(value)
            : std::nullopt;
    }

    std::optional<std::chrono::milliseconds> time(const char* name) const
    {
        const auto value = number(name);
        return value ? std::optional(std::chrono::milliseconds(*value)) : std::nullopt;
    }

private:
    virTypedParameterPtr m_list = nullptr;
    int m_count = 0;
};

void tellProgress(virDomainPtr domain, JobContext& context)
{
    const JobFigures figures(domain, 0);
    const auto total = figures.number(VIR_DOMAIN_JOB_DATA_TOTAL);
    const auto done = figures.number(VIR_DOMAIN_JOB_DATA_PROCESSED);
    if (!total || !done || *total == 0)
        return;
    context.setProgress(static_cast<qint64>(std::min(*done, *total)), static_cast<qint64>(*total));
    QString step = migrationText("%1 of %2 are there")
                       .arg(QString::fromStdString(formatBytes(*done)), QString::fromStdString(formatBytes(*total)));
    const auto pages = figures.number(VIR_DOMAIN_JOB_MEMORY_DIRTY_RATE);
    const auto pageBytes = figures.number(VIR_DOMAIN_JOB_MEMORY_PAGE_SIZE);
    if (pages && pageBytes && *pages > 0)
        step += migrationText(", %1 change each second").arg(QString::fromStdString(formatBytes(*pages * *pageBytes)));
    if (const auto standstill = figures.time(VIR_DOMAIN_JOB_DOWNTIME))
        step += migrationText(", it will stand still for %1").arg(QString::fromStdString(formatDuration(*standstill)));
    context.setStep(step);
}

/// libvirt's sentence with what a person can do about it.
Error withMigrationStep(Error error)
{
    if (!error.hint.empty())
        return error;
    const auto says = [&error](const char* words) { return error.message.find(words) != std::string::npos; };
    if (says("Unsafe migration"))
        return std::move(error).withHint("Copy the disks as well (--copy-storage), or put them on storage that both "
                                         "hosts see.");
    if (says("unable to connect to server") || says("resolve address") || says("No route") || says("refused"))
        return std::move(error).withHint("The host must reach the other one on ports 49152 to 49215; say by which "
                                         "address: --via tcp://HOST");
    if (says("Failed to get \"write\" lock") || says("No such file"))
        return std::move(error).withHint("See whether both hosts see the disks at the same paths, else copy them "
                                         "(--copy-storage).");
    return std::move(error).withHint(
        "It is where and as it was. See what the other host says: its journal of libvirtd.");
}

class MigrationRun {
public:
    MigrationRun(const MigrationSides& sides, const MigrationRequest& request, JobContext& context)
        : m_sides(sides)
        , m_request(request)
        , m_context(context)
        , m_uuid(uuidOf(sides.domain))
        , m_isLive(isLiveMigration(sides, request))
        , m_isCopied(request.disks == MigrationRequest::Disks::Copied)
        , m_isKept(request.source == MigrationRequest::Source::Kept)
        , m_disks(sides)
    {
    }

    Result<> run(MigrationOutcome& outcome)
    {
        if (auto clear = checkObstacles(); !clear)
            return clear;
        const QStringList folders = m_isKept ? QStringList() : vmFoldersOf(m_sides.from, m_sides.from.keyOf(m_uuid));
        const auto mark = MigrationMark::set(VmFolder(m_sides.from.folders, m_sides.from.keyOf(m_uuid)));
        if (!mark)
            return mark.error();
        int isAutostarted = 0;
        (void)virDomainGetAutostart(m_sides.domain, &isAutostarted); // not of one without a definition
        if (auto made = makeDisks(); !made)
            return made;
        // Before it: one that was killed in the middle leaves its disks to nobody's sweep.
        if (auto handed = handOverVmFolders(folders, m_sides.to.uri); !handed)
            return handed;
        auto moved = m_isLive ? goLive(outcome) : goOffline();
        if (!moved)
            return takenBack(std::move(moved).error(), folders);
        m_disks.keep();
        if (isAutostarted == 1)
            (void)virDomainSetAutostart(moved->get(), 1); // it is there whatever comes of that
        outcome.wasLive = m_isLive;
        outcome.key = m_sides.to.keyOf(m_uuid);
        outcome.leftFiles = m_disks.originals();
        if (m_isCopied)
            removeUnused(folders, moved->get(), outcome.leftFiles);
        return {};
    }

private:
    /// Where the other host says that it has no such VM. Else a host went away at the very end: what is used there must
    /// stay, whoever has it in the end.
    Error takenBack(Error error, const QStringList& folders)
    {
        const auto there = findDomain(m_sides.destination, m_uuid);
        if (!there && there.error().code == ErrorCode::NotFound) {
            (void)handOverVmFolders(folders, m_sides.from.uri); // else no sweep ever looks at them
            return withMigrationStep(std::move(error));
        }
        m_disks.keep();
        return std::move(error).withHint("A host went away at the end of it. See at both where it runs (twinhullctl "
                                         "list), and delete it at the other.");
    }

    Result<> checkObstacles()
    {
        m_context.setStep(migrationText("Looking at both hosts"));
        const auto all = obstaclesOf(m_sides, m_request);
        if (!all)
            return all.error();
        const auto obstacles = certainOf(*all);
        if (obstacles.empty())
            return {};
        std::string sentences;
        for (const MigrationObstacle& each : obstacles)
            sentences += (sentences.empty() ? "" : " ") + each.sentence.toStdString();
        sentences.pop_back(); // what a chain of causes ends with is not its own
        return Error{ ErrorCode::Unsupported, sentences, 0, obstacles.front().nextStep.toStdString() };
    }

    Result<> makeDisks()
    {
        if (!m_isCopied)
            return {};
        const auto pool = poolForCopies(m_sides.destination, m_request.pool);
        const auto disks = disksToCopy(m_sides.domain);
        if (!pool || !disks)
            return pool ? disks.error() : pool.error();
        for (const DefinedDisk& disk : *disks)
            m_targets << disk.target;
        return m_isLive ? m_disks.makeEmpty(*disks, *pool) : m_disks.makeCopies(*disks, *pool, m_context);
    }

    Result<QByteArray> definition(unsigned flags, ConsoleLogs logs) const
    {
        const auto xml = domainXmlOf(m_sides.domain, flags | VIR_DOMAIN_XML_SECURE);
        if (!xml)
            return xml.error();
        return definitionForDestination(*xml, m_disks.files(), m_sides.isOneComputer() ? logs : ConsoleLogs::LeftOut);
    }

    QString socketPath() const
    {
        return QString::fromStdString(m_sides.from.folders.runtime) + QStringLiteral("/m-") + m_uuid.left(8);
    }

    /// libvirt listens where the other host reaches it; on one computer only for that.
    void addTransfer(TypedParameters& parameters) const
    {
        if (!m_request.transferUri.isEmpty())
            return parameters.add(VIR_MIGRATE_PARAM_URI, m_request.transferUri.toUtf8());
        if (!m_sides.isOneComputer())
            return;
        const QByteArray socket = socketPath().toUtf8();
        const bool areSessions = m_sides.from.uri.contains(u"/session") && m_sides.to.uri.contains(u"/session");
        if (areSessions && socket.size() + 3 < static_cast<qsizetype>(sizeof(sockaddr_un::sun_path))
            && makeFolders(m_sides.from.folders.runtime)) {
            parameters.add(VIR_MIGRATE_PARAM_URI, "unix://" + socket);
            if (m_isCopied)
                parameters.add(VIR_MIGRATE_PARAM_DISKS_URI, "unix://" + socket + "-d");
            return;
        }
        parameters.add(VIR_MIGRATE_PARAM_URI, "tcp://127.0.0.1");
        parameters.add(VIR_MIGRATE_PARAM_LISTEN_ADDRESS, "127.0.0.1");
    }

    unsigned flags(bool isPersistent) const
    {
        unsigned flags = VIR_MIGRATE_LIVE | VIR_MIGRATE_ABORT_ON_ERROR | VIR_MIGRATE_AUTO_CONVERGE;
        if (isPersistent)
            flags |= VIR_MIGRATE_PERSIST_DEST;
        if (isPersistent && !m_isKept)
            flags |= VIR_MIGRATE_UNDEFINE_SOURCE;
        if (m_isCopied && !m_targets.isEmpty())
            flags |= VIR_MIGRATE_NON_SHARED_DISK;
        else if (m_sides.isOneComputer()) // the very same files through the same page cache
            flags |= VIR_MIGRATE_UNSAFE;
        return flags;
    }

    /// Folders of ours whose files were copied, as when a VM is deleted; what is in use there stays (a medium, a log).
    static void removeUnused(const QStringList& folders, virDomainPtr moved, QStringList& leftFiles)
    {
        const QString text = takeText(virDomainGetXMLDesc(moved, 0));
        for (const QString& folder : folders) {
            if (text.isEmpty() || text.contains(folder))
                continue;
            if (auto gone = removeTree(folder.toStdString()); !gone)
                qWarning("%s", gone.error().toLine().c_str());
            leftFiles.removeIf([&folder](const QString& file) { return file.startsWith(folder + u'/'); });
        }
    }

    Result<DomainHandle> goLive(MigrationOutcome& outcome)
    {
        const bool isPersistent = virDomainIsPersistent(m_sides.domain) == 1;
        TypedParameters parameters;
        addTransfer(parameters);
        const auto running = definition(VIR_DOMAIN_XML_MIGRATABLE, ConsoleLogs::GoneOnWith);
        if (!running)
            return running.error();
        parameters.add(VIR_MIGRATE_PARAM_DEST_XML, *running);
        if (isPersistent) {
            const auto defined
                = definition(VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_MIGRATABLE, ConsoleLogs::AsTheyAre);
            if (!defined)
                return defined.error();
            parameters.add(VIR_MIGRATE_PARAM_PERSIST_XML, *defined);
        }
        for (const QString& target : m_targets)
            parameters.add(VIR_MIGRATE_PARAM_MIGRATE_DISKS, target.toUtf8());
        if (m_request.mebibytesPerSecond > 0)
            parameters.add(VIR_MIGRATE_PARAM_BANDWIDTH, m_request.mebibytesPerSecond);
        auto moved = follow(parameters, flags(isPersistent));
        for (const char* end : { "", "-d" }) // a QEMU that was killed leaves its own
            (void)removeTree((socketPath() + QLatin1String(end)).toStdString());
        if (moved) {
            const JobFigures figures(moved->get(), VIR_DOMAIN_JOB_STATS_COMPLETED);
            outcome.duration = figures.time(VIR_DOMAIN_JOB_TIME_ELAPSED);
            outcome.standstill = figures.time(VIR_DOMAIN_JOB_DOWNTIME);
        }
        return moved;
    }

    /// libvirt keeps its errors by thread. Asked to stop before libvirt has a job for it, it is asked again.
    Result<DomainHandle> follow(const TypedParameters& parameters, unsigned flags)
    {
        auto running = std::async(std::launch::async, [this, &parameters, flags]() -> Result<DomainHandle> {
            DomainHandle there(
                virDomainMigrate3(m_sides.domain, m_sides.destination, parameters.list(), parameters.count(), flags));
            if (!there)
                return libvirtError("migrate");
            return there;
        });
        bool isAborted = false;
        std::optional<UnboundedCall> ending; // a host that hangs does not end it either
        while (running.wait_for(kMigrationCheck) != std::future_status::ready) {
            if (m_context.isCancelled() && !ending)
                ending.emplace();
            tellProgress(m_sides.domain, m_context);
            if (m_context.isCancelled() && !isAborted)
                isAborted = virDomainAbortJob(m_sides.domain) == 0;
        }
        auto done = running.get();
        if (!done && isAborted)
            return Error{ ErrorCode::Cancelled, "cancelled: it runs on where it was", 0,
                "Nothing of it is left there." };
        return done;
    }

    /// Nothing of libvirt's own: two connections to one computer would be refused.
    Result<DomainHandle> goOffline()
    {
        const auto xml = definition(VIR_DOMAIN_XML_INACTIVE, ConsoleLogs::AsTheyAre);
        if (!xml)
            return xml.error();
        if (m_context.isCancelled())
            return Error{ ErrorCode::Cancelled, "cancelled: it is where it was", 0, "Nothing of it is left there." };
        m_context.setStep(migrationText("Defining it there"));
        DomainHandle there(virDomainDefineXML(m_sides.destination, xml->constData()));
        if (!there)
            return libvirtError("define it there");
        if (m_isKept)
            return there;
        const bool isGone = virDomainUndefineFlags(m_sides.domain, kUndefineButKeep) == 0
            || virDomainUndefine(m_sides.domain) == 0; // drivers that know no such flags
        if (isGone)
            return there;
        auto error = libvirtError("undefine it where it was");
        if (virDomainUndefineFlags(there.get(), kUndefineButKeep) != 0)
            (void)virDomainUndefine(there.get());
        return error;
    }

    const MigrationSides& m_sides;
    const MigrationRequest& m_request;
    JobContext& m_context;
    QString m_uuid;
    bool m_isLive;
    bool m_isCopied;
    bool m_isKept;
    MigrationDisks m_disks;
    QStringList m_targets; ///< of the disks that are copied
};

using SidesWork = std::function<Result<>(const MigrationSides&, JobContext&)>;

Result<> withBoth(
    const VmToolbox& from, const VmToolbox& to, const QString& uuid, JobContext& context, const SidesWork& work)
{
    const auto source = from.link->connection();
    if (!source)
        return source.error();
    const auto destination = to.link->connection();
    if (!destination)
        return destination.error();
    const auto domain = findDomain(source->get(), uuid);
    if (!domain)
        return domain.error();
    return work({ from, source->get(), domain->get(), to, destination->get() }, context);
}

} // namespace

std::unique_ptr<Job> VmMigration::findObstacles(const WorkloadInfo& machine, MachineMigration& destination,
    const MigrationRequest& request, std::shared_ptr<std::vector<MigrationObstacle>> into)
{
    const QString title = migrationText("Look whether %1 can migrate").arg(machine.name);
    const auto* to = dynamic_cast<VmMigration*>(&destination);
    if (to == nullptr || to->m_tools.link == m_tools.link)
        return std::make_unique<RefusedJob>(
            title, Error{ ErrorCode::InvalidArgument, "it is there already", 0, "Choose another connection." });
    return std::make_unique<ThreadJob>(title, m_calls,
        [from = m_tools, there = to->m_tools, uuid = machine.id.key, request, into = std::move(into)](
            JobContext& context) {
            return withBoth(from, there, uuid, context, [&](const MigrationSides& sides, JobContext&) -> Result<> {
                auto found = obstaclesOf(sides, request);
                if (!found)
                    return std::move(found).error();
                *into = *std::move(found);
                return {};
            });
        });
}

std::unique_ptr<Job> VmMigration::migrate(const WorkloadInfo& machine, MachineMigration& destination,
    const MigrationRequest& request, std::shared_ptr<MigrationOutcome> outcome)
{
    const auto* to = dynamic_cast<VmMigration*>(&destination);
    const QString home = migrationText("the home connection");
    const QString title
        = migrationText("Migrate %1 to %2")
              .arg(machine.name, to == nullptr || to->m_tools.connection.isEmpty() ? home : to->m_tools.connection);
    if (to == nullptr || to->m_tools.link == m_tools.link)
        return std::make_unique<RefusedJob>(
            title, Error{ ErrorCode::InvalidArgument, "it is there already", 0, "Choose another connection." });
    return std::make_unique<ThreadJob>(title, m_calls,
        [from = m_tools, there = to->m_tools, id = machine.id.key, name = machine.name.toStdString(), request,
            outcome = std::move(outcome)](JobContext& context) {
            auto done = withBoth(from, there, id, context, [&](const MigrationSides& sides, JobContext& job) {
                return MigrationRun(sides, request, job).run(*outcome);
            });
            there.link->refresh(id); // both, whatever came of it
            from.link->refresh(id);
            return std::move(done).withContext("migrate " + name);
        });
}

} // namespace twinhull
