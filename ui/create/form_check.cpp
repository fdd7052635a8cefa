// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/form_check.h"

#include "core/base/text.h"
#include "core/ipc/listened_ports.h"
#include "core/twin/command_words.h"
#include "core/workload/option_text.h"
#include "core/workload/workload_connection.h"
#include "ui/create/form_text.h"
#include "ui/create/more_check.h"
#include "ui/widgets/figure_text.h"
#include "ui/widgets/workload_text.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QUrl>

#include <algorithm>

namespace twinhull {

namespace {

constexpr std::uint64_t kLeastVmMemory = 32ULL << 20U;
constexpr std::uint64_t kLeastContainerMemory = 4ULL << 20U;
constexpr std::uint64_t kLeastDisk = 64ULL << 20U;
constexpr int kPortsTried = 200;

QString tr(const char* text)
{
    return QCoreApplication::translate("FormCheck", text);
}

bool concerns(NewWorkload kind, WorkloadKind existing)
{
    return kind == NewWorkload::Twin || (kind == NewWorkload::Container) == (existing == WorkloadKind::Container);
}

bool isNameTaken(
    const QString& name, NewWorkload kind, const std::vector<WorkloadInfo>& workloads, const QString& connection)
{
    return std::any_of(workloads.begin(), workloads.end(), [&](const WorkloadInfo& info) {
        return info.name == name && concerns(kind, info.id.kind) && connectionOf(info.id) == connection;
    });
}

class FormJudge {
public:
    FormJudge(const CreateForm& form, const FormWorld& world) : m_form(form), m_world(world) { }

    FormProblems judge()
    {
        checkHost();
        if (m_form.isElsewhere())
            checkSourceThere();
        else
            checkSource();
        checkName();
        if (m_form.usesImage()) {
            checkCommand();
            checkEnvironment();
        }
        if (m_form.kind != NewWorkload::Twin) {
            checkPorts();
            if (m_form.usesImage())
                checkMounts();
        }
        checkLimits();
        if (m_form.kind == NewWorkload::Container || (m_form.kind == NewWorkload::Vm && m_form.usesImage()))
            m_problems.merge(checkMoreForm(m_form, m_world));
        return std::move(m_problems);
    }

private:
    void say(FormField field, const QString& sentence, const QString& fixLabel = {}, const QString& fixedText = {})
    {
        m_problems.try_emplace(field, FieldProblem{ sentence, fixLabel, fixedText });
    }

    void checkHost()
    {
        if (m_form.connection().isEmpty())
            return;
        if (m_form.usesImage())
            say(FormField::MachineHost,
                tr("VMs from images are made on the home connection, where the images are. Start from something else, "
                   "or"),
                tr("use home"), QString());
        else if (!m_world.hostSilence.isEmpty())
            say(FormField::MachineHost, m_world.hostSilence);
    }

    /// On another computer: nothing of this one's files is there.
    void checkSourceThere()
    {
        const QString host = m_form.connection();
        const QString& path = m_form.mediumPath;
        if (m_form.vmSource == VmSource::Tree)
            say(FormField::Source,
                tr("Installers are started directly on this computer alone. Start from a medium in one of %1’s pools, "
                   "or "
                   "from its network.")
                    .arg(host));
        else if (m_form.vmSource == VmSource::CloudImage)
            say(FormField::Source,
                tr("Cloud images are made ready on this computer alone. Make the VM at home, then migrate it to %1.")
                    .arg(host));
        else if (m_form.vmSource == VmSource::Network && !m_form.hasNetwork)
            say(FormField::Source, tr("Without a network it has nothing to start from."));
        else if (m_form.vmSource != VmSource::Network && path.isEmpty())
            say(FormField::Source, tr("Choose a volume of one of %1’s pools.").arg(host));
        else if (m_form.vmSource != VmSource::Network && m_world.volumesThere && !m_world.volumesThere->contains(path))
            say(FormField::Source,
                m_world.isReadableFile(path)
                    ? tr("That file is on this computer, not on %1. Upload it to a pool there (Storage, Machines, host "
                         "%1), then choose the volume here.")
                          .arg(host)
                    : tr(
                        "No pool of %1 that runs has it. Upload it there (Storage, Machines, host %1), then choose the "
                        "volume here.")
                          .arg(host));
        if (m_form.makesDisk() && m_form.diskBytes < kLeastDisk)
            say(FormField::Disk, tr("A disk needs at least 64 MiB."));
    }

    void checkSource()
    {
        if (m_form.usesImage()) {
            if (m_form.image.isEmpty())
                say(FormField::Source, tr("Choose an image, or load one from a file."));
            else if (!m_world.findImage(m_form.image))
                say(FormField::Source, tr("There is no image %1 on this computer.").arg(m_form.image));
            return;
        }
        if (m_form.vmSource == VmSource::Tree)
            checkTree();
        else if (m_form.vmSource != VmSource::Network && m_form.mediumPath.isEmpty())
            say(FormField::Source, tr("Choose a file."));
        else if (m_form.vmSource != VmSource::Network && !m_world.isReadableFile(m_form.mediumPath))
            say(FormField::Source, tr("%1 is no file that can be read.").arg(m_form.mediumPath));
        if (m_form.vmSource == VmSource::Network && !m_form.hasNetwork)
            say(FormField::Source, tr("Without a network it has nothing to start from."));
        if (m_form.makesDisk() && m_form.diskBytes < kLeastDisk)
            say(FormField::Disk, tr("A disk needs at least 64 MiB."));
        if (!m_form.makesDisk() && !m_form.machine.enlargedTo.isEmpty()
            && !parseSize(m_form.machine.enlargedTo.toStdString()))
            say(FormField::EnlargedDisk, tr("Write a size, like 40G."));
        if (m_form.vmSource == VmSource::CloudImage)
            checkCloudInit();
    }

    /// What is there is for the adviser to find out.
    void checkTree()
    {
        const QString& place = m_form.mediumPath;
        const QUrl url(place, QUrl::StrictMode);
        const bool isAddress = place.contains(QLatin1String("://"));
        const bool isHttp = url.scheme() == QLatin1String("http") || url.scheme() == QLatin1String("https");
        if (place.isEmpty())
            say(FormField::Source, tr("Give an address, a folder or an ISO file."));
        else if (isAddress && (!isHttp || url.host().isEmpty()))
            say(FormField::Source, tr("Write an address as https://HOST/PATH."));
        else if (isAddress && !m_form.hasNetwork)
            say(FormField::Source, tr("An installer from an address needs a network."));
        else if (!isAddress && !m_world.isFolder(place) && !m_world.isReadableFile(place))
            say(FormField::Source, tr("%1 is no folder and no file that can be read.").arg(place));
        if (m_form.machine.unattended)
            checkUnattended(*m_form.machine.unattended);
    }

    void checkUnattended(const UnattendedText& text)
    {
        if (text.password.isEmpty())
            say(FormField::UnattendedPassword, tr("Root and the user need a password."));
        for (const QString& file : text.keyFileList()) {
            if (!m_world.isReadableFile(file))
                say(FormField::UnattendedKeys, tr("%1 is no file that can be read.").arg(file));
        }
    }

    /// The rest is judged where it is used.
    void checkCloudInit()
    {
        const CloudInitText& cloud = m_form.machine.cloudInit;
        const bool hasOwn = !cloud.userDataFile.isEmpty();
        if (cloud.user.trimmed().isEmpty() && !cloud.password.isEmpty())
            say(FormField::CloudUser, tr("A password needs a user."));
        else if (!hasOwn && cloud.password.isEmpty() && cloud.keyFileList().isEmpty())
            say(FormField::CloudKeys, tr("Without a password or a key nobody can log in."));
        for (const QString& file : cloud.keyFileList()) {
            if (!m_world.isReadableFile(file))
                say(FormField::CloudKeys, tr("%1 is no file that can be read.").arg(file));
        }
    }

    void checkName()
    {
        static const QRegularExpression kName(QStringLiteral("^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"));
        if (m_form.name.isEmpty()) {
            say(FormField::Name, tr("Give it a name."));
        } else if (!kName.match(m_form.name).hasMatch()) {
            say(FormField::Name,
                tr("Letters, digits, dots, dashes and underscores, at most 63; a letter or digit first."));
        } else if (isNameTaken(m_form.name, m_form.kind, m_world.workloads, m_form.connection())) {
            const QString free = freeName(m_form.name, m_form.kind, m_world.workloads, m_form.connection());
            say(FormField::Name, tr("%1 exists already.").arg(m_form.name), tr("use %1").arg(free), free);
        }
    }

    void checkCommand()
    {
        if (!commandWords(m_form.command))
            say(FormField::Command, tr("A quote is left open."));
    }

    void checkEnvironment()
    {
        static const QRegularExpression kVariable(QStringLiteral("^[A-Za-z_][A-Za-z0-9_.]*="));
        for (const QString& line : environmentLines(m_form.environment)) {
            if (!kVariable.match(line).hasMatch()) {
                say(FormField::Environment, tr("\"%1\" is not KEY=VALUE.").arg(line.left(40)));
                return;
            }
        }
    }

    void checkPorts()
    {
        const auto parsed = parsePorts(m_form.ports);
        if (!parsed.wrong.isEmpty()) {
            say(FormField::Ports,
                tr("\"%1\" is not HOST:INSIDE, like 8080:80 or 8000-8010:8000-8010/udp.").arg(parsed.wrong.left(40)));
            return;
        }
        if (parsed.items.size() > std::size_t{ kMostPublishedPorts }) {
            say(FormField::Ports, tr("At most %1 ports can be published.").arg(kMostPublishedPorts));
            return;
        }
        if (!parsed.items.empty() && m_form.isElsewhere()) {
            say(FormField::Ports,
                tr("Ports of VMs are published on this computer alone. Put the VM into one of %1’s virtual networks, "
                   "in "
                   "its hardware.")
                    .arg(m_form.connection()));
            return;
        }
        if (!parsed.items.empty() && !m_form.hasNetwork) {
            say(FormField::Ports, tr("Without a network no port can be published."));
            return;
        }
        if (!parsed.items.empty() && !m_form.usesImage() && m_form.machine.card.kind != MachineCard::Kind::User) {
            say(FormField::Ports,
                tr("Ports are published from QEMU’s own network alone; elsewhere the VM has an address of its own."));
            return;
        }
        for (std::size_t i = 0; i < parsed.items.size(); ++i) {
            if (const QString why = whyTaken(parsed.items, i); !why.isEmpty()) {
                offerNextPort(parsed.items, i, why);
                return;
            }
        }
    }

    static bool isOnBoth(const PublishedPort& port) { return port.hostAddress == QLatin1String(kLocalhost); }

    QString whyTaken(const std::vector<PublishedPort>& ports, std::size_t at) const
    {
        const PublishedPort port = m_form.kind == NewWorkload::Vm ? portsOnIpv4({ ports[at] }).front() : ports[at];
        const auto collides = [&port](const PublishedPort& other) {
            return other.hostPort == port.hostPort && other.protocol == port.protocol
                && (isOnBoth(other) || isOnBoth(port) || isAtIpv6Address(other) == isAtIpv6Address(port));
        };
        for (std::size_t i = 0; i < at; ++i) {
            if (collides(ports[i]))
                return tr("Port %1 is there twice.").arg(port.hostPort);
        }
        for (const WorkloadInfo& info : m_world.workloads) {
            for (const PublishedPort& used : info.ports) {
                if (collides(used))
                    return tr("Port %1 is used by %2 (%3).")
                        .arg(port.hostPort)
                        .arg(info.name, kindText(info.id.kind).toLower());
            }
        }
        if (!m_world.isPortFree(port))
            return tr("Port %1 is in use on this computer.").arg(port.hostPort);
        return {};
    }

    void offerNextPort(std::vector<PublishedPort> ports, std::size_t at, const QString& why)
    {
        const int first = ports[at].hostPort;
        for (int number = first + 1; number <= std::min(first + kPortsTried, 65535); ++number) {
            ports[at].hostPort = static_cast<std::uint16_t>(number);
            if (!whyTaken(ports, at).isEmpty())
                continue;
            say(FormField::Ports, tr("%1 Next free: %2").arg(why).arg(number), tr("use it"), portsText(ports));
            return;
        }
        say(FormField::Ports, why);
    }

    void checkMounts()
    {
        const auto parsed = parseMounts(m_form.mounts);
        if (!parsed.wrong.isEmpty()) {
            say(FormField::Mounts, tr("\"%1\" is not SOURCE:/TARGET or SOURCE:/TARGET:ro.").arg(parsed.wrong.left(60)));
            return;
        }
        for (const Mount& mount : parsed.items) {
            if (mount.source.startsWith(QLatin1Char('/')) && !m_world.isThere(mount.source)) {
                say(FormField::Mounts, tr("There is no file or folder %1.").arg(mount.source));
                return;
            }
        }
    }

    void checkLimits()
    {
        const ResourceLimits& limits = m_form.limits;
        const bool isVm = m_form.kind != NewWorkload::Container;
        if (limits.memoryBytes && m_world.hostMemoryBytes > 0 && *limits.memoryBytes > m_world.hostMemoryBytes)
            say(FormField::Memory,
                tr("%1 has %2.").arg(who(), byteCountText(static_cast<double>(m_world.hostMemoryBytes))));
        if (limits.memoryBytes && *limits.memoryBytes < (isVm ? kLeastVmMemory : kLeastContainerMemory))
            say(FormField::Memory, isVm ? tr("A VM needs at least 32 MiB.") : tr("At least 4 MiB."));
        if (m_form.kind == NewWorkload::Container)
            checkControllers(limits);
        if (limits.cpus && m_world.hostCpus > 0 && *limits.cpus > m_world.hostCpus)
            say(FormField::Cpus, tr("%1 has %2 CPUs.").arg(who()).arg(m_world.hostCpus));
    }

    void checkControllers(const ResourceLimits& limits)
    {
        const std::pair<bool, FormField> asked[] = {
            { limits.memoryBytes.has_value(), FormField::Memory },
            { limits.cpus.has_value(), FormField::Cpus },
            { limits.pids.has_value(), FormField::Pids },
        };
        for (const auto& [isAsked, field] : asked) {
            if (const QString why = isAsked ? whyUseless(field, m_world) : QString(); !why.isEmpty())
                say(field, why);
        }
    }

    QString who() const { return m_form.isElsewhere() ? m_form.connection() : tr("This computer"); }

    const CreateForm& m_form;
    const FormWorld& m_world;
    FormProblems m_problems;
};

} // namespace

FormProblems checkForm(const CreateForm& form, const FormWorld& world)
{
    return FormJudge(form, world).judge();
}

QString freeName(
    const QString& wish, NewWorkload kind, const std::vector<WorkloadInfo>& workloads, const QString& connection)
{
    return freeName(wish, [&](const QString& name) { return isNameTaken(name, kind, workloads, connection); });
}

QString nameFromImage(const QString& reference)
{
    static const QRegularExpression kUnusual(QStringLiteral("[^A-Za-z0-9_.-]+"));
    QString name
        = reference.section(QLatin1Char('/'), -1).section(QLatin1Char('@'), 0, 0).section(QLatin1Char(':'), 0, 0);
    name.replace(kUnusual, QStringLiteral("-"));
    return name.isEmpty() ? QStringLiteral("workload") : name.left(48);
}

} // namespace twinhull
