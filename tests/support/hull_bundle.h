// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/oci/runtime_spec.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QString>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace twinhull::test {

/// This build's, or that of the folder $TWINHULL_TEST_BIN: what is released is static and has an entry of its own.
inline std::string hullProgram()
{
    return qEnvironmentVariable("TWINHULL_TEST_BIN", QStringLiteral(TH_BIN_DIR)).toStdString() + "/hull";
}

/// A bundle with a busybox root below `folder`, and the hull to test with a state folder beside it. `spec` can be
/// changed at will; run() and create() write it first. Containers that are left are deleted at the end.
class HullBundle {
public:
    explicit HullBundle(std::string folder) : m_folder(std::move(folder))
    {
        makeRoot(m_folder + "/rootfs");
        spec = oci::defaultRuntimeSpec();
    }
    ~HullBundle()
    {
        for (const auto& id : ids)
            (void)hull({ "delete", "--force", id });
    }
    HullBundle(const HullBundle&) = delete;
    HullBundle& operator=(const HullBundle&) = delete;

    static void makeRoot(const std::string& root)
    {
        for (const char* name : { "", "/bin", "/tmp", "/etc" })
            (void)makeFolders(root + name, 0755);
        (void)runChecked({ { "cp", "/bin/busybox", root + "/bin/busybox" }, {}, {} }, std::chrono::seconds(20));
        for (const char* name : { "sh", "true", "ls", "cat", "id", "sleep", "hostname", "mknod", "head", "readlink",
                 "stat", "unshare", "touch", "mount", "grep", "kill", "dd", "mkdir", "tty" })
            (void)::symlink("busybox", (root + "/bin/" + name).c_str());
    }

    std::string path(const std::string& below = {}) const { return m_folder + below; }
    std::string root() const { return m_folder + "/state"; }

    void write() const
    {
        (void)writeFileAtomically(m_folder + "/config.json", encodeRuntimeSpec(spec), 0644);
        if (!owner.empty())
            (void)runChecked(
                { { "chown", "-R", "--no-dereference", owner + ":", m_folder }, {}, {} }, std::chrono::seconds(20));
    }

    void setScript(const std::string& script) { spec.process->args = { "/bin/sh", "-c", script }; }

    /// `prefix` stands before the program, to run it as somebody else.
    CommandOutput hull(const std::vector<std::string>& words) const
    {
        Command command{ prefix, environment, {} };
        command.arguments.insert(command.arguments.end(), { program, "--root", root() });
        command.arguments.insert(command.arguments.end(), globals.begin(), globals.end());
        command.arguments.insert(command.arguments.end(), words.begin(), words.end());
        auto output = runCommand(command, std::chrono::seconds(60));
        return output ? *output : CommandOutput{ -1, {}, output.error().message };
    }

    /// Runs the script to its end in a new container.
    CommandOutput run(const std::string& script)
    {
        setScript(script);
        return runAsIs();
    }

    CommandOutput runAsIs()
    {
        write();
        return hull({ "run", "--bundle", m_folder, nextId() });
    }

    CommandOutput create(const std::string& id)
    {
        write();
        ids.push_back(id);
        return hullIntoFile({ "create", "--bundle", m_folder, id });
    }

    /// As hull(), for what leaves a container behind: that would hold a pipe open. Both outputs come back as one.
    CommandOutput hullIntoFile(const std::vector<std::string>& words) const
    {
        Command command{ prefix, environment, {} };
        command.arguments.insert(command.arguments.end(), { program, "--root", root() });
        command.arguments.insert(command.arguments.end(), globals.begin(), globals.end());
        command.arguments.insert(command.arguments.end(), words.begin(), words.end());
        const std::string file = m_folder + "/output";
        auto output = openPath(file, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0666);
        auto child = spawn(command, ChildStdio{ -1, output->fd(), output->fd() });
        if (!child)
            return { -1, {}, child.error().message };
        siginfo_t info{};
        (void)::waitid(P_PID, static_cast<id_t>(child->pid), &info, WEXITED);
        return { info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status, *readFile(file), {} };
    }

    /// Created and started; 0, or the exit status of what failed.
    int start(const std::string& id)
    {
        const int created = create(id).exitStatus;
        return created != 0 ? created : hull({ "start", id }).exitStatus;
    }

    /// A member of `hull state`.
    QJsonValue state(const std::string& id, const char* key) const
    {
        const auto text = QByteArray::fromStdString(hull({ "state", id }).standardOutput);
        return QJsonDocument::fromJson(text).object()[QLatin1String(key)];
    }
    QString statusOf(const std::string& id) const { return state(id, "status").toString(); }
    pid_t pidOf(const std::string& id) const { return state(id, "pid").toInt(); }

    std::string nextId()
    {
        ids.push_back("t" + std::to_string(::getpid()) + "-" + std::to_string(ids.size()));
        return ids.back();
    }

    /// True when no container, no state and no cgroup of ours is left.
    bool isClean() const
    {
        const auto left = hull({ "list", "--quiet" });
        return left.exitStatus == 0 && left.standardOutput.empty();
    }

    oci::RuntimeSpec spec;
    std::string program = hullProgram();
    std::string owner; ///< a user to whom everything is given when it is written; empty: whoever runs the test
    std::vector<std::string> prefix;
    std::vector<std::string> globals; ///< options before the verb
    std::vector<std::string> environment;
    std::vector<std::string> ids;

private:
    std::string m_folder;
};

/// For QVERIFY2 and friends: all that the program said.
inline QByteArray said(const CommandOutput& output)
{
    return QByteArray::fromStdString(
        "status " + std::to_string(output.exitStatus) + "\n" + output.standardOutput + output.standardError);
}

} // namespace twinhull::test
