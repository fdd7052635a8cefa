// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/machine_facts.h"

#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/base/text.h"

#include <QCoreApplication>

#include <filesystem>
#include <map>

#include <sys/utsname.h>
#include <unistd.h>

namespace twinhull {

namespace {

constexpr auto kVersionDeadline = std::chrono::seconds(5);

QString tr(const char* text)
{
    return QCoreApplication::translate("MachineFacts", text);
}

MachineFact fact(const char* key, const QString& title, const QString& value, const QString& needs)
{
    return { QLatin1String(key), title, value, value.isEmpty() ? needs : QString() };
}

/// The file's text without line ends; empty where it cannot be read.
QString contentOf(const std::string& path)
{
    const auto text = readFile(path);
    return text ? QString::fromStdString(*text).simplified() : QString();
}

/// The value of the first such line of /proc/cpuinfo; empty where there is none.
QString processorLine(const MachineRoots& roots, const std::string& key)
{
    const auto text = readFile(roots.proc + "/cpuinfo");
    if (!text)
        return {};
    const auto start = text->find(key);
    const auto colon = start == std::string::npos ? start : text->find(':', start);
    if (colon == std::string::npos)
        return {};
    return QString::fromStdString(text->substr(colon + 1, text->find('\n', colon) - colon - 1)).simplified();
}

/// File names below a folder that a path with its name can be made of; sorted.
std::vector<std::string> namesIn(const std::string& folder)
{
    std::vector<std::string> names;
    std::error_code ignored; // a folder that is not there has no names
    for (auto at = std::filesystem::directory_iterator(folder, ignored); at != std::filesystem::directory_iterator();
         at.increment(ignored))
        names.push_back(at->path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

/// "performance", or how many cores have which.
MachineFact governor(const MachineRoots& roots)
{
    std::map<QString, int> counts;
    const std::string folder = roots.sys + "/devices/system/cpu/cpufreq";
    for (const auto& policy : namesIn(folder)) {
        if (const QString name = contentOf(folder + "/" + policy + "/scaling_governor"); !name.isEmpty())
            ++counts[name];
    }
    QStringList names;
    for (const auto& [name, count] : counts)
        names << (counts.size() == 1 ? name : tr("%1 of %2 cores or groups").arg(name).arg(count));
    return fact("governor", tr("Frequency governor"), names.join(QStringLiteral(", ")),
        tr("needs a kernel that steers the clock (cpufreq); inside a VM its host does"));
}

MachineFact nested(const MachineRoots& roots)
{
    const QString flags = processorLine(roots, "flags");
    QString value;
    if (!flags.isEmpty())
        value = flags.split(u' ').contains(u"hypervisor") ? tr("yes, this computer is itself a VM")
                                                          : tr("no, this computer is not a VM");
    return fact("nested", tr("Nested"), value, tr("needs the flags of an x86 processor in /proc/cpuinfo"));
}

MachineFact mitigations(const MachineRoots& roots)
{
    const std::string folder = roots.sys + "/devices/system/cpu/vulnerabilities";
    QStringList texts;
    int unaffected = 0;
    for (const auto& name : namesIn(folder)) {
        const QString state = contentOf(folder + "/" + name);
        if (state == u"Not affected")
            ++unaffected;
        else if (!state.isEmpty())
            texts << QStringLiteral("%1: %2").arg(QString::fromStdString(name), state);
    }
    if (unaffected > 0)
        texts << tr("not affected by %1 others").arg(unaffected);
    return fact("mitigations", tr("Mitigations"), texts.join(QStringLiteral("; ")),
        tr("needs /sys/devices/system/cpu/vulnerabilities"));
}

MachineFact load(const MachineRoots& roots)
{
    const QStringList words = contentOf(roots.proc + "/loadavg").split(u' ');
    return fact("load_average", tr("Load average"), words.size() >= 3 ? words.mid(0, 3).join(u' ') : QString(),
        tr("needs /proc/loadavg"));
}

/// "some 1.25 %, full 0.00 %" over the last 10 s.
MachineFact pressure(const MachineRoots& roots, const char* resource, const QString& title)
{
    QStringList texts;
    const auto text = readFile(roots.proc + "/pressure/" + resource);
    const QStringList lines = text ? QString::fromStdString(*text).split(u'\n') : QStringList();
    for (const QString& line : lines) {
        const QString average = line.section(QStringLiteral("avg10="), 1).section(u' ', 0, 0);
        if (!average.isEmpty())
            texts << QStringLiteral("%1 %2 %").arg(line.section(u' ', 0, 0), average);
    }
    return fact(("pressure_" + std::string(resource)).c_str(), title, texts.join(QStringLiteral(", ")),
        tr("needs a kernel with pressure figures (psi=1)"));
}

MachineFact virtualization(const std::vector<HostNotice>& notices)
{
    QStringList texts;
    for (const HostNotice& notice : notices)
        texts << notice.title + QStringLiteral(". ") + notice.explanation;
    return fact("virtualization", tr("Hardware virtualization"),
        texts.isEmpty() ? tr("nothing stands against it") : texts.join(u' '), {});
}

QString firstLine(const std::string& text)
{
    return QString::fromStdString(text.substr(0, text.find('\n'))).simplified();
}

QString versionOf(const std::string& program)
{
    const auto text = program.empty() ? Result<std::string>(Error{})
                                      : runChecked({ { program, "--version" }, {}, {} }, kVersionDeadline);
    return text ? firstLine(*text) : QString();
}

/// Of the programs that serve libvirt's QEMU driver, the one that is installed.
QString libvirtVersion()
{
    for (const char* daemon : { "virtqemud", "libvirtd" }) {
        if (const QString version = versionOf(findExecutable(daemon)); !version.isEmpty())
            return version;
    }
    return {};
}

} // namespace

MachineFacts readMachineFacts(const std::vector<HostNotice>& notices, const MachineRoots& roots)
{
    MachineFacts facts;
    utsname names{};
    if (::uname(&names) == 0)
        facts.kernel = QString::fromLocal8Bit(names.release);
    facts.processor = processorLine(roots, "model name"); // some architectures have no such line
    facts.cpus = static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
    const long pages = ::sysconf(_SC_PHYS_PAGES);
    const long pageBytes = ::sysconf(_SC_PAGESIZE);
    if (pages > 0 && pageBytes > 0)
        facts.memoryBytes = static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(pageBytes);
    facts.facts = {
        fact("kernel", tr("Kernel"), facts.kernel, tr("needs uname(2)")),
        fact("processor", tr("Processor"), facts.processor, tr("needs a model name in /proc/cpuinfo")),
        governor(roots),
        virtualization(notices),
        nested(roots),
        mitigations(roots),
        load(roots),
        pressure(roots, "cpu", tr("CPU pressure, 10 s")),
        pressure(roots, "memory", tr("Memory pressure, 10 s")),
        pressure(roots, "io", tr("IO pressure, 10 s")),
        fact("pinning", tr("Pinning"), tr("not pinned: both sides run on any core"), {}),
        fact("hull", tr("hull"), QStringLiteral(TWINHULL_VERSION), {}),
    };
    return facts;
}

std::vector<MachineFact> readEngineFacts(pid_t pid)
{
    std::error_code error;
    const auto program = std::filesystem::read_symlink("/proc/" + std::to_string(pid) + "/exe", error);
    const bool isQemu = !error && program.filename().string().starts_with("qemu");
    return {
        fact("qemu", tr("QEMU"), isQemu ? versionOf(program.string()) : QString(),
            tr("needs a look at the VM's process: QEMU of this account")),
        fact("libvirt", tr("libvirt"), libvirtVersion(), tr("needs libvirtd or virtqemud in the search path")),
    };
}

} // namespace twinhull
