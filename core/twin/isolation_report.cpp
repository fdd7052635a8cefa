// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/isolation_report.h"

#include "core/isolation/isolation_json.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>

#include <array>
#include <bit>
#include <string_view>

namespace twinhull {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("IsolationReport", text);
}

QString textOf(const std::string& text)
{
    return QString::fromStdString(text);
}

/// As many as a person reads.
QString listOf(const std::vector<std::string>& words)
{
    constexpr std::size_t kMost = 16;
    QStringList list;
    for (std::size_t i = 0; i < std::min(words.size(), kMost); ++i)
        list << textOf(words[i]);
    const QString text = list.join(QStringLiteral(", "));
    if (words.size() > kMost)
        return tr("%1 and %2 more").arg(text).arg(words.size() - kMost);
    return list.isEmpty() ? tr("none") : text;
}

/// `tell` for the view, or why there is none.
template <typename Tell>
QString line(const Result<IsolationView>& view, const Tell& tell)
{
    return view ? tell(*view) : tr("(%1)").arg(textOf(view.error().toLine()));
}

/// As line(), but nothing where there is no view.
template <typename Tell>
QString summary(const Result<IsolationView>& view, const Tell& tell)
{
    return view ? tell(*view) : QString();
}

/// Those of `view` that differ from the host's.
std::vector<std::string> ownNamespaces(const IsolationView& view, const IsolationView& host)
{
    std::vector<std::string> own;
    for (const auto& link : view.namespaces) {
        if (std::find(host.namespaces.begin(), host.namespaces.end(), link) == host.namespaces.end())
            own.push_back(link.name);
    }
    return own;
}

bool hasOwn(const char* name, const IsolationView& view, const IsolationView& host)
{
    const auto own = ownNamespaces(view, host);
    return std::find(own.begin(), own.end(), name) != own.end();
}

QString userText(std::uint32_t user)
{
    return user == 0 ? tr("0 (root)") : QString::number(user);
}

QString seccompText(const IsolationView& view)
{
    if (view.seccomp == SeccompMode::Off)
        return tr("all: no seccomp filter");
    if (view.seccomp == SeccompMode::Strict)
        return tr("read, write and exit only");
    return view.seccompFilters ? tr("filtered by seccomp, filters: %1").arg(*view.seccompFilters)
                               : tr("filtered by seccomp");
}

QString labelText(const IsolationView& view)
{
    return view.securityLabel.empty() ? tr("none: no security module in force") : textOf(view.securityLabel);
}

QString writableMounts(const IsolationView& view)
{
    std::vector<std::string> writable;
    for (const auto& mount : view.mounts) {
        if (!mount.isReadOnly && !mount.isMask)
            writable.push_back(mount.target + " (" + mount.type + ")");
    }
    return tr("%1, writable: %2").arg(view.mounts.size()).arg(listOf(writable));
}

/// "6.1.0" of "6.1.0-1-amd64".
QString shortRelease(const std::string& release)
{
    return textOf(release).section(u'-', 0, 0);
}

/// Of both sides, each in its own /proc: PID is the process inside that looks, and the one here that stands for the
/// workload (the container's first, or QEMU).
QString sourceOf(std::string_view key)
{
    struct RowSource {
        std::string_view key;
        const char* source;
    };
    static constexpr std::array kSources{
        RowSource{ "kernel", QT_TRANSLATE_NOOP("IsolationReport", "uname(2) and /proc/sys/kernel/random/boot_id") },
        RowSource{ "user", QT_TRANSLATE_NOOP("IsolationReport", "Uid in /proc/PID/status") },
        RowSource{ "namespaces", QT_TRANSLATE_NOOP("IsolationReport", "the links in /proc/PID/ns") },
        RowSource{ "capabilities",
            QT_TRANSLATE_NOOP("IsolationReport", "CapEff in /proc/PID/status, /proc/sys/kernel/cap_last_cap") },
        RowSource{
            "systemCalls", QT_TRANSLATE_NOOP("IsolationReport", "Seccomp and Seccomp_filters in /proc/PID/status") },
        RowSource{ "newPrivileges", QT_TRANSLATE_NOOP("IsolationReport", "NoNewPrivs in /proc/PID/status") },
        RowSource{ "securityLabel", QT_TRANSLATE_NOOP("IsolationReport", "/proc/PID/attr/current") },
        RowSource{ "devices",
            QT_TRANSLATE_NOOP("IsolationReport", "device nodes below /dev from inside, /proc/PID/fd from outside") },
        RowSource{ "processes", QT_TRANSLATE_NOOP("IsolationReport", "the numbered folders in /proc from inside") },
        RowSource{ "mounts", QT_TRANSLATE_NOOP("IsolationReport", "/proc/PID/mountinfo") },
        RowSource{ "breakout", QT_TRANSLATE_NOOP("IsolationReport", "follows from the rows above, seen from outside") },
    };
    for (const RowSource& row : kSources) {
        if (row.key == key)
            return tr(row.source);
    }
    return {};
}

/// The rows of one workload in the making.
class IsolationRows {
public:
    IsolationRows(const WorkloadInfo& info, const IsolationViews& views)
        : m_views(views), m_inside(views.inside), m_outside(views.outside), m_isVm(info.id.kind == WorkloadKind::Vm)
    {
    }

    std::vector<IsolationRow> make()
    {
        addKernel();
        addUser();
        addNamespaces();
        addCapabilities();
        addSystemCalls();
        addNewPrivileges();
        addLabel();
        addDevices();
        addProcesses();
        addMounts();
        addBreakout();
        return std::move(m_rows);
    }

private:
    void add(const char* key, const QString& title, const QString& explanation, const QString& short_,
        const QString& inside, const QString& outside)
    {
        m_rows.push_back({ QString::fromLatin1(key), title, explanation, short_, inside, outside, sourceOf(key) });
    }
    QString ofQemu(const QString& text) const { return m_isVm && !text.isEmpty() ? tr("QEMU: %1").arg(text) : text; }

    void addKernel()
    {
        // Which it is follows from what it is: a hostile inside may tell any boot ID, and does not decide this.
        const QString release = line(m_inside, [](const auto& view) { return textOf(view.kernelRelease); });
        const QString host = textOf(m_views.host.kernelRelease);
        const auto own = [](const auto& view) { return tr("its own, %1").arg(shortRelease(view.kernelRelease)); };
        add("kernel", tr("Kernel"), tr("A container shares this computer's, a VM brings one."),
            m_isVm ? (m_inside ? own(*m_inside) : tr("its own"))
                   : tr("shared, %1").arg(shortRelease(m_views.host.kernelRelease)),
            release, m_isVm ? tr("QEMU runs on this computer's, %1").arg(host) : tr("this computer's, %1").arg(host));
    }

    void addUser()
    {
        const auto user = [](const auto& view) { return userText(view.userId); };
        const auto number = [](const auto& view) { return QString::number(view.userId); };
        const QString here = summary(m_outside, number);
        add("user", tr("User"), tr("The effective user ID, as each side counts it."),
            m_inside && m_outside ? tr("%1, here %2").arg(number(*m_inside), here) : here, line(m_inside, user),
            line(m_outside, user));
    }

    void addNamespaces()
    {
        const auto own = [this](const auto& view) { return ownNamespaces(view, m_views.host); };
        const auto count = [&own](const auto& view) {
            return tr("%1 of %2 its own").arg(own(view).size()).arg(view.namespaces.size());
        };
        const auto names = [&own](const auto& view) {
            const auto list = own(view);
            return list.empty() ? tr("none of its own: shares those of this program")
                                : tr("its own: %1").arg(listOf(list));
        };
        add("namespaces", tr("Namespaces"),
            tr("That differ from this program's (namespaces(7)). For a VM: those of QEMU, which a guest meets that "
               "breaks out."),
            ofQemu(summary(m_outside, count)), m_isVm ? tr("those of the guest's kernel") : line(m_inside, names),
            line(m_outside, names));
    }

    void addCapabilities()
    {
        const auto count = [](const auto& view) {
            return tr("%1 of %2").arg(std::popcount(view.capabilities)).arg(view.knownCapabilities);
        };
        const auto names = [](const auto& view) { return listOf(capabilityNames(view.capabilities)); };
        add("capabilities", tr("Capabilities"),
            tr("The effective set (capabilities(7)); it counts within the user namespace of its process. For a VM the "
               "cell tells QEMU's: the guest's own count in the guest alone."),
            ofQemu(summary(m_outside, count)), line(m_inside, names), line(m_outside, names));
    }

    void addSystemCalls()
    {
        const auto short_
            = [](const auto& view) { return view.seccomp == SeccompMode::Off ? tr("all") : tr("filtered"); };
        add("systemCalls", tr("System calls"),
            tr("That may be made: of the shared kernel by a container; of this computer's kernel by QEMU."),
            ofQemu(summary(m_outside, short_)), line(m_inside, seccompText), line(m_outside, seccompText));
    }

    void addNewPrivileges()
    {
        const auto text = [](const auto& view) { return view.hasNoNewPrivileges ? tr("impossible") : tr("possible"); };
        add("newPrivileges", tr("New privileges"),
            tr("Whether a program it starts can gain privileges by set-user-ID or file capabilities (no_new_privs)."),
            ofQemu(summary(m_outside, text)), line(m_inside, text), line(m_outside, text));
    }

    void addLabel()
    {
        const auto short_
            = [](const auto& view) { return view.securityLabel.empty() ? tr("none") : textOf(view.securityLabel); };
        add("securityLabel", tr("Security label"), tr("Of AppArmor, SELinux or Smack."),
            ofQemu(summary(m_outside, short_)), line(m_inside, labelText), line(m_outside, labelText));
    }

    void addDevices()
    {
        const auto nodes
            = [](const auto& view) { return view.devices ? listOf(*view.devices) : tr("(it does not tell)"); };
        const auto count = [this](const auto& view) {
            return view.devices ? (m_isVm ? tr("nodes: %1, its own") : tr("nodes: %1")).arg(view.devices->size())
                                : QString();
        };
        const auto open = [](const auto& view) {
            return view.devices ? tr("open: %1").arg(listOf(*view.devices))
                                : tr("(what it holds open may not be read: needs its user or CAP_SYS_PTRACE)");
        };
        add("devices", tr("Devices"), tr("Nodes below /dev from inside; from outside what the process holds open."),
            summary(m_inside, count), line(m_inside, nodes), line(m_outside, open));
    }

    void addProcesses()
    {
        const auto count = [](const auto& view) {
            return view.visibleProcesses ? tr("%1 visible").arg(*view.visibleProcesses) : tr("no /proc");
        };
        const auto namespaceText = [this](const auto& view) {
            return hasOwn("pid", view, m_views.host) ? tr("in a PID namespace of its own")
                                                     : tr("sees the processes of this computer");
        };
        add("processes", tr("Processes"), tr("That are to be seen from inside, with the one that looks."),
            summary(m_inside, count), line(m_inside, count), line(m_outside, namespaceText));
    }

    void addMounts()
    {
        const auto short_ = [](const auto& view) {
            const auto writable = std::count_if(view.mounts.begin(), view.mounts.end(),
                [](const auto& mount) { return !mount.isReadOnly && !mount.isMask; });
            return tr("%1, %2 writable").arg(view.mounts.size()).arg(writable);
        };
        const auto namespaceText = [this](const auto& view) {
            return hasOwn("mnt", view, m_views.host)
                ? tr("in a mount namespace of its own, %1").arg(writableMounts(view))
                : tr("sees the mounts of this computer");
        };
        add("mounts", tr("Mounts"),
            tr("File systems that are to be seen; a read-only one cannot be written by anybody "
               "inside who may not mount."),
            summary(m_inside, short_), line(m_inside, writableMounts), line(m_outside, namespaceText));
    }

    /// Who somebody is on this computer who has left the workload.
    static QString arrival(const IsolationView& outside, const IsolationView& host)
    {
        const bool isApart = hasOwn("user", outside, host);
        const QString user = outside.userId == 0 && !isApart ? tr("root of this computer")
            : outside.userId == 0                            ? tr("user 0 of this computer, without root's rights")
            : outside.userId == host.userId                  ? tr("your own user")
                                                             : tr("user %1").arg(outside.userId);
        const QString filter
            = outside.seccomp == SeccompMode::Off ? tr("all system calls") : tr("filtered system calls");
        const auto count = std::popcount(outside.capabilities);
        const QString rights = count == 0 ? tr("no capability")
            : isApart                     ? tr("capabilities only over its own user namespace")
                                          : tr("%1 of the capabilities of root").arg(count);
        return tr("%1 with %2, %3").arg(user, rights, filter);
    }

    void addBreakout()
    {
        const auto arrives = [this](const auto& view) { return arrival(view, m_views.host); };
        const QString passes = m_isVm
            ? tr("the guest's kernel, then a fault of QEMU's devices or of KVM, then what holds QEMU: %1")
            : tr("a fault of the shared kernel, through what its filter lets pass; or what was mounted into it: %1");
        const bool isRoot = m_outside && m_outside->userId == 0 && !hasOwn("user", *m_outside, m_views.host);
        const QString short_ = m_isVm ? tr("guest kernel, QEMU") : tr("one kernel fault");
        add("breakout", tr("To break out"),
            tr("What somebody who holds the workload would have to pass to reach this "
               "computer, and who they would be then."),
            m_outside && isRoot ? tr("%1; then root").arg(short_) : short_,
            m_isVm ? tr("the guest's kernel stands first, which is its own")
                   : tr("no kernel of its own stands before this computer's"),
            passes.arg(line(m_outside, arrives)));
    }

    std::vector<IsolationRow> m_rows;
    const IsolationViews& m_views;
    const Result<IsolationView>& m_inside;
    const Result<IsolationView>& m_outside;
    bool m_isVm;
};

QJsonObject viewJson(const Result<IsolationView>& view)
{
    if (!view)
        return { { QStringLiteral("error"), textOf(view.error().message) },
            { QStringLiteral("hint"), textOf(view.error().hint) } };
    return QJsonDocument::fromJson(QByteArray::fromStdString(encodeIsolationView(*view))).object();
}

} // namespace

std::vector<IsolationRow> isolationReport(const WorkloadInfo& info, const IsolationViews& views)
{
    return IsolationRows(info, views).make();
}

QJsonObject isolationJson(const WorkloadInfo& info, const IsolationViews& views)
{
    QJsonArray rows;
    for (const IsolationRow& row : isolationReport(info, views))
        rows.append(QJsonObject{ { QStringLiteral("key"), row.key }, { QStringLiteral("title"), row.title },
            { QStringLiteral("summary"), row.summary }, { QStringLiteral("inside"), row.inside },
            { QStringLiteral("outside"), row.outside }, { QStringLiteral("meaning"), row.explanation },
            { QStringLiteral("source"), row.source } });
    return { { QStringLiteral("name"), info.name },
        { QStringLiteral("kind"),
            info.id.kind == WorkloadKind::Vm ? QStringLiteral("vm") : QStringLiteral("container") },
        { QStringLiteral("inside"), viewJson(views.inside) }, { QStringLiteral("outside"), viewJson(views.outside) },
        { QStringLiteral("rows"), rows } };
}

} // namespace twinhull
