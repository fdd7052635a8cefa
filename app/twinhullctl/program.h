// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/twinhullctl/exit_code.h"
#include "app/twinhullctl/progress_line.h"
#include "core/containers/container_provider.h"
#include "core/images/image_store.h"
#include "core/jobs/job_queue.h"
#include "core/settings/connection_list.h"
#include "core/vms/vm_provider.h"
#include "core/workload/workload_registry.h"

#include <QJsonValue>

#include <functional>

namespace twinhull {

/// Options of every verb.
struct GlobalOptions {
    bool wantsJson = false;
    bool isVerbose = false;
    std::string libvirtUri; ///< or the name of a connection; empty: what the settings say
};

/// What a verb works with; what it does not need is not opened.
enum class Need { Images, Containers, Workloads, AllConnections };

/// One run of twinhullctl: the core without a window, and how results, failures and progress are told. GUI thread.
class Program : public QObject {
    Q_OBJECT

public:
    using Verb = std::function<void(Program&)>;
    using Then = std::function<void()>;

    Program(GlobalOptions options, Need need, OthersChanges changes, std::vector<std::string> names);
    ~Program() override;

    /// Calls the verb once the workloads are listed; when somebody does not answer in time, with what is known and
    /// saying so. The verb ends by finish() or fail(), now or later.
    void begin(Verb verb);

    /// Opens libvirt as well, for a verb that needs it only now; `then` is called as by begin().
    void alsoWithVms(Verb then);

    const DataFolders& folders() const { return m_folders; }
    ImageStore& images() { return m_images; }
    WorkloadRegistry& registry() { return m_registry; }
    ContainerProvider* containers() const { return m_containers.get(); }
    VmProvider* vms() const { return m_vms.get(); }
    /// vms() first; the others where the verb needs all connections.
    std::vector<VmProvider*> connections() const;
    /// Opens one more connection and calls `then` once it has answered, or has not in time.
    void alsoWith(const SavedConnection& connection, Verb then);
    bool wantsJson() const { return m_options.wantsJson; }
    bool isAtHome() const { return m_options.libvirtUri.empty(); } ///< else VMs are of the connection that was named

    /// Runs jobs at once and then goes on; when one fails, says so and finishes instead. SIGINT and SIGTERM cancel
    /// them.
    void run(std::unique_ptr<Job> job, const Then& then);
    void runAll(std::vector<std::unique_ptr<Job>> jobs, const Then& then);
    /// As run(), but `then` is called after a failure as well (which was told).
    void runToTheEnd(std::unique_ptr<Job> job, std::function<void(const Job&)> then);

    void print(const QString& text); ///< standard output, as it is
    void print(const QJsonValue& value); ///< standard output, indented, with a line end
    void note(const QString& text); ///< standard error, one line
    /// Which groups there are, from the data folder: at the beginning, and again after a change of them.
    void readGroups();
    /// Says why VMs are not among the workloads, where that is so; for verbs whose answer is less without them.
    void noteMissingVms();
    void fail(const Error& error); ///< tells and finishes
    void finish(ExitCode code = ExitCode::Ok);
    void finishAs(int exitStatus); ///< with another program's status, 0..255
    /// For a verb that ends so: what all failures end with from here on, so that the two are told apart.
    void endFailuresWith(int exitStatus) { m_failureStatus = exitStatus; }

Q_SIGNALS:
    void interrupted(); ///< SIGINT or SIGTERM, for verbs that wait for something else than a job
    void resized(); ///< the terminal that this program runs in

private:
    void write(const QByteArray& bytes);
    void openVms();
    void openOthers();
    VmProvider& open(const SavedConnection& connection);
    void know(VmProvider& provider);
    void tell(const Error& error);
    void onInterrupt();
    bool isSettled() const;
    void beginIfSettled();
    void beginNow();

    GlobalOptions m_options;
    DataFolders m_folders;
    ImageStore m_images;
    std::unique_ptr<ContainerProvider> m_containers;
    std::unique_ptr<VmProvider> m_vms;
    std::vector<std::unique_ptr<VmProvider>> m_others;
    WorkloadRegistry m_registry;
    ProgressLine m_progress;
    JobQueue m_jobs;
    Verb m_verb;
    std::optional<Error> m_refusal; ///< why no connection was opened
    bool m_isOthersTimeOver = false;
    bool m_isOfNamedHost = false; ///< on another computer, asked for by its name or address: nothing goes on without
    ExitCode m_code = ExitCode::Ok;
    std::optional<int> m_failureStatus;
};

} // namespace twinhull
