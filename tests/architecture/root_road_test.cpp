// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/source_tree.h"

#include <QMap>
#include <QRegularExpression>
#include <QTest>

using namespace twinhull::test;

namespace {

/// Where a path is given to the kernel or to a function that does so. An empty path names a held descriptor.
const QRegularExpression kTouchesAPath(
    QStringLiteral("(::(open|openat|creat|mkdir|mkdirat|mknod|mknodat|symlink|symlinkat|link|linkat|unlink|unlinkat|"
                   "rename|renameat|renameat2|rmdir|chmod|fchmodat|chown|lchown|truncate|utimensat|mount|umount2)"
                   "\\(|SYS_(openat2|mkdirat)|\\b(openPath|openAt|readFile|writeFileAtomically|makeFolders|removeTree)"
                   "\\()"));

/// In core/runtime/mounts, beside RootFd: how often, and why that is no road into a container's root.
const QMap<QString, int> kMayTouch{
    { QStringLiteral("core/runtime/mounts/mapped_mounts.cpp"), 1 }, // a user namespace that config.json names
    { QStringLiteral("core/runtime/mounts/root_fd.cpp"), 1000 }, // the road
    { QStringLiteral("core/runtime/mounts/copy_up.cpp"), 11 }, // names in held folders, no link followed
    { QStringLiteral("core/runtime/mounts/devices.cpp"), 2 }, // one name in a folder that RootFd holds
    { QStringLiteral("core/runtime/mounts/new_folder.cpp"), 8 }, // a folder of the host that the operator names
    { QStringLiteral("core/runtime/mounts/memory_file.cpp"), 2 }, // a file of the host, one name in a held folder
    { QStringLiteral("core/runtime/mounts/fuse_root.cpp"), 1 }, // the host's /dev/fuse, before the root changes
    { QStringLiteral("core/runtime/mounts/hidden_paths.cpp"), 1 }, // the host's /dev/null, before the root changes
    { QStringLiteral("core/runtime/mounts/root_filesystem.cpp"), 4 }, // root.path itself, layers: the operator's word
};

/// Beside the kernel's own interface these alone may name /proc: as hull on the host's side, or before the root
/// changes.
const QStringList kMayNameProc{
    QStringLiteral("core/runtime/kernel_syscalls.cpp"), // own descriptors, before the root changes
    QStringLiteral("core/runtime/namespaces/user_namespace.cpp"), // host's side
    QStringLiteral("core/runtime/process/inherited.cpp"), // host's side, before the container is made
    QStringLiteral("core/runtime/state/container_processes.cpp"), // host's side
    QStringLiteral("core/runtime/namespaces/id_mapping.cpp"), // host's side
    QStringLiteral("core/runtime/namespaces/sysctls.cpp"), // before the root changes, checked by its magic
    QStringLiteral("core/runtime/namespaces/net_devices.cpp"), // host's side
    QStringLiteral("core/runtime/namespaces/namespace_refusal.h"), // host's side
    QStringLiteral("core/runtime/namespaces/time_namespace.cpp"), // the stage, in the host's mounts
    QStringLiteral("core/runtime/process/container_init.cpp"), // its own namespace, before the root changes
    QStringLiteral("core/runtime/process/container_launch.cpp"), // host's side
    QStringLiteral("core/runtime/process/protected_program.cpp"), // host's side
    QStringLiteral("core/runtime/process/orphans.cpp"), // host's side
    QStringLiteral("core/runtime/process/ready_notice.cpp"), // host's side
    QStringLiteral("core/runtime/process/seccomp_agent.cpp"), // host's side
    QStringLiteral("core/runtime/process/security_labels.cpp"), // checked to be the kernel's
    QStringLiteral("core/runtime/process/start_gate.cpp"), // host's side
    QStringLiteral("core/runtime/mounts/devices.cpp"), // targets of links, never opened
    QStringLiteral("core/runtime/process/visit.cpp"), // where a mount goes, which RootFd opens
    QStringLiteral("core/runtime/mounts/root_filesystem.cpp"), // own descriptors, before the root changes
    QStringLiteral("core/runtime/mounts/fuse_root.cpp"), // own descriptors, before the root changes
    QStringLiteral("core/runtime/cgroups/cgroup.cpp"), // host's side
    QStringLiteral("core/runtime/cgroups/systemd/systemd_scope.cpp"), // host's side
    QStringLiteral("core/runtime/state/container.cpp"), // host's side
    QStringLiteral("core/runtime/process/exec_session.cpp"), // host's side, before it enters
    QStringLiteral("core/runtime/checkpoint/checkpoint.cpp"), // host's side
    QStringLiteral("core/runtime/checkpoint/mount_table.cpp"), // host's side
    QStringLiteral("core/runtime/checkpoint/standard_streams.cpp"), // host's side
    QStringLiteral("core/runtime/checkpoint/restore.cpp"), // own descriptors
    QStringLiteral("core/runtime/checkpoint/restored_process.cpp"), // host's side
};

QStringList takesTheRoad(const SourceFile& file)
{
    QStringList found;
    for (int i = 0; i < file.lines.size(); ++i) {
        const auto match = kTouchesAPath.match(codeOf(file.lines.at(i)));
        if (match.hasMatch())
            found += at(file, i + 1, QStringLiteral("a path beside RootFd: ") + match.captured());
    }
    return found.size() > kMayTouch.value(file.path) ? found : QStringList();
}

QStringList leavesProcAlone(const SourceFile& file)
{
    QStringList wrong;
    for (int i = 0; i < file.lines.size() && !kMayNameProc.contains(file.path); ++i) {
        const QString& line = file.lines.at(i);
        if (line.contains(QLatin1String("\"/proc")) && !line.trimmed().startsWith(QLatin1String("//")))
            wrong += at(file, i + 1, QStringLiteral("names /proc"));
    }
    return wrong;
}

/// Of the programs that a container's half starts: nothing that was open goes with them (CVE-2024-21626).
QStringList closesBeforeExec(const SourceFile& file)
{
    const QString text = file.lines.join(QLatin1Char('\n'));
    const auto executes = text.lastIndexOf(QLatin1String("::execve("));
    static const QRegularExpression closing(QStringLiteral("SYS_close_range|\\bcloseDescriptorsExcept\\("));
    const auto closes = text.indexOf(closing);
    if (executes < 0 || (closes >= 0 && closes < executes))
        return {};
    return { at(file, 1, QStringLiteral("execve without close_range before it")) };
}

void nothingIsWrong(const QStringList& wrong)
{
    QVERIFY2(wrong.isEmpty(), qPrintable(QLatin1Char('\n') + wrong.join(QLatin1Char('\n'))));
}

std::vector<SourceFile> sources(const char* folder)
{
    return sourcesBelow({ QString::fromLatin1(folder) }, { QStringLiteral("*.cpp"), QStringLiteral("*.h") });
}

} // namespace

/// Safety by construction: RootFd is the only road into a container's root. A new line in the lists above needs its
/// reason.
class RootRoadTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void onlyRootFdTouchesPathsOfARoot() { nothingIsWrong(violations(sources("core/runtime/mounts"), takesTheRoad)); }
    void fewNameProc() { nothingIsWrong(violations(sources("core/runtime"), leavesProcAlone)); }
    void descriptorsAreClosedBeforeExec() { nothingIsWrong(violations(sources("core/runtime"), closesBeforeExec)); }

    void theRulesCanFail()
    {
        const auto file = [](const char* text) {
            return sourceFrom(QStringLiteral("core/runtime/mounts/new.cpp"), QString::fromLatin1(text));
        };
        QCOMPARE(takesTheRoad(file("::mkdirat(folder, path, 0755);\n")).size(), 1);
        QCOMPARE(takesTheRoad(file("auto a = openPath(path, O_PATH);\nroot.open(path, O_PATH);\n")).size(), 1);
        QCOMPARE(takesTheRoad(file("// ::mkdir(path)\n")).size(), 0);
        QCOMPARE(leavesProcAlone(file("write(\"/proc/self/attr/exec\");\n")).size(), 1);
        QCOMPARE(closesBeforeExec(file("::execve(a, b, c);\n")).size(), 1);
        QCOMPARE(closesBeforeExec(file("::syscall(SYS_close_range, 3);\n::execve(a, b, c);\n")).size(), 0);
        QCOMPARE(closesBeforeExec(file("closeDescriptorsExcept({ 3 }, 0);\n::execve(a, b, c);\n")).size(), 0);
        QCOMPARE(closesBeforeExec(file("::execve(a, b, c);\ncloseDescriptorsExcept({ 3 }, 0);\n")).size(), 1);
    }
};

QTEST_GUILESS_MAIN(RootRoadTest)
#include "root_road_test.moc"
