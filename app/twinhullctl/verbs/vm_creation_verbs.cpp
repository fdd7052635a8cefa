// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/plan_arguments.h"
#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/verbs/image_verbs.h"
#include "app/twinhullctl/verbs/vm_verbs.h"
#include "app/twinhullctl/workload_text.h"
#include "core/base/small_file.h"
#include "core/base/text.h"
#include "core/vms/os_sizes.h"

#include <QFileInfo>
#include <QJsonArray>

namespace twinhull {

namespace {

constexpr std::size_t kKeyLimitBytes = 64U << 10U;
constexpr std::size_t kOwnDataLimitBytes = 1U << 20U;

struct ImportOptions {
    std::string name;
    std::string disk;
    std::string format;
    std::string size;
    std::string memory;
    std::string cpus;
    std::string network = "default";
    std::vector<std::string> cloudInit;
    std::string userData;
    std::string networkConfig;
    bool isInPlace = false;
    bool isCopied = false; ///< said aloud; so it is without
    bool isDryRun = false;
};

struct InstallOptions {
    std::string name;
    std::string medium;
    std::string disk;
    std::string system;
    std::string memory;
    std::string cpus;
    std::string network = "default";
    bool isDryRun = false;
};

struct NoOptions { };

Error wrongWord(const std::string& word, const char* hint)
{
    return Error{ ErrorCode::InvalidArgument, "--cloud-init " + word, 0, hint };
}

/// Public keys are read from their files: "ssh-key=FILE".
Result<> addKeys(const QString& path, CloudInit& made)
{
    const auto text = readSmallFile(path.toStdString(), kKeyLimitBytes);
    if (!text)
        return text.error();
    for (const QString& line : QString::fromStdString(*text).split(u'\n', Qt::SkipEmptyParts)) {
        if (!line.trimmed().isEmpty() && !line.startsWith(u'#'))
            made.sshKeys.append(line.trimmed());
    }
    return {};
}

Result<> addCloudWord(const std::string& word, CloudInit& made)
{
    const auto cut = word.find('=');
    const std::string key = word.substr(0, cut);
    const QString value = cut == std::string::npos ? QString() : QString::fromStdString(word.substr(cut + 1));
    if (value.isEmpty())
        return wrongWord(word, "Write it as user=anna");
    if (key == "user")
        made.user = value;
    else if (key == "password-hash")
        made.passwordHash = value;
    else if (key == "hostname")
        made.hostName = value;
    else if (key == "packages")
        made.packages += value.split(u'+', Qt::SkipEmptyParts);
    else if (key == "ssh-key")
        return addKeys(value, made);
    else
        return wrongWord(word, "It knows user, password-hash, ssh-key, packages and hostname");
    return {};
}

Result<QByteArray> ownData(const std::string& path)
{
    if (path.empty())
        return QByteArray();
    auto text = readSmallFile(path, kOwnDataLimitBytes);
    return text ? Result<QByteArray>(QByteArray::fromStdString(*text)) : std::move(text).error();
}

Result<std::optional<CloudInit>> cloudInitFrom(const ImportOptions& options)
{
    using Asked = std::optional<CloudInit>;
    if (options.cloudInit.empty() && options.userData.empty() && options.networkConfig.empty())
        return Asked();
    CloudInit made;
    for (const std::string& word : options.cloudInit) {
        if (auto added = addCloudWord(word, made); !added)
            return std::move(added).error();
    }
    auto userData = ownData(options.userData);
    if (!userData)
        return std::move(userData).error();
    auto networkConfig = ownData(options.networkConfig);
    if (!networkConfig)
        return std::move(networkConfig).error();
    made.userData = *std::move(userData);
    made.networkConfig = *std::move(networkConfig);
    return Asked(std::move(made));
}

Result<MachineImport> importFrom(const ImportOptions& options)
{
    MachineImport machine;
    const QFileInfo file(QString::fromStdString(options.disk));
    machine.plan.name = options.name.empty() ? file.completeBaseName() : QString::fromStdString(options.name);
    machine.plan.source = DiskSource{ file.absoluteFilePath() };
    machine.plan.hasNetwork = options.network != "none";
    machine.handling = options.isInPlace ? DiskHandling::InPlace : DiskHandling::Copy;
    machine.format = QString::fromStdString(options.format);
    auto limits = limitsFromText(options.memory, options.cpus, {});
    if (!limits)
        return std::move(limits).error();
    machine.plan.limits = *std::move(limits);
    if (!options.size.empty()) {
        const auto bytes = parseSize(options.size);
        if (!bytes)
            return bytes.error();
        machine.diskBytes = *bytes;
    }
    auto cloudInit = cloudInitFrom(options);
    if (!cloudInit)
        return std::move(cloudInit).error();
    machine.cloudInit = *std::move(cloudInit);
    return machine;
}

void showNewVm(Program& program, const QString& name)
{
    for (const auto& vm : program.vms()->workloads()) {
        if (vm.name != name)
            continue;
        if (program.wantsJson())
            program.print(toJson(vm));
        else
            program.print(vm.id.key + u'\n');
        break;
    }
    program.finish();
}

/// The sentences go to standard error; with a dry run only the definition is told.
void makeOrDescribe(Program& program, const MachineImport& machine, const QStringList& reasons, bool isDryRun)
{
    for (const QString& reason : reasons)
        program.note(reason);
    if (!isDryRun)
        return program.run(
            program.vms()->importMachine(machine), [&program, name = machine.plan.name] { showNewVm(program, name); });
    const auto xml = std::make_shared<QByteArray>();
    program.run(program.vms()->describeImport(machine, xml), [&program, xml, reasons] {
        if (program.wantsJson())
            program.print(QJsonValue(QJsonObject{ { QStringLiteral("xml"), QString::fromUtf8(*xml) },
                { QStringLiteral("reasons"), QJsonArray::fromStringList(reasons) } }));
        else
            program.print(QString::fromUtf8(*xml) + u'\n');
        program.finish();
    });
}

void importIt(Program& program, const ImportOptions& options)
{
    const auto machine = importFrom(options);
    if (!machine)
        return program.fail(machine.error());
    if (auto available = program.vms()->availability(); !available)
        return program.fail(available.error());
    makeOrDescribe(program, *machine, {}, options.isDryRun);
}

Result<MachineImport> installFrom(const InstallOptions& options)
{
    MachineImport machine;
    const QFileInfo file(QString::fromStdString(options.medium));
    machine.plan.name = options.name.empty() ? file.completeBaseName() : QString::fromStdString(options.name);
    machine.plan.hasNetwork = options.network != "none";
    auto limits = limitsFromText(options.memory, options.cpus, {});
    if (!limits)
        return std::move(limits).error();
    machine.plan.limits = *std::move(limits);
    IsoSource iso{ file.absoluteFilePath(), 0 };
    if (!options.disk.empty()) {
        const auto bytes = parseSize(options.disk);
        if (!bytes)
            return bytes.error();
        iso.diskBytes = *bytes;
    }
    machine.plan.source = iso;
    return machine;
}

void installIt(Program& program, const InstallOptions& options)
{
    const auto asked = installFrom(options);
    if (!asked)
        return program.fail(asked.error());
    if (auto available = program.vms()->availability(); !available)
        return program.fail(available.error());
    const auto found = std::make_shared<std::optional<KnownOs>>();
    const QString path = std::get<IsoSource>(asked->plan.source).path;
    program.run(findSystemJob(path, QString::fromStdString(options.system), found),
        [&program, asked = *asked, found, isDryRun = options.isDryRun] {
            ChosenMachine chosen = chooseMachine(asked, *found);
            chosen.reasons += capacityWarnings(chosen.machine.plan, program.folders().data);
            makeOrDescribe(program, chosen.machine, chosen.reasons, isDryRun);
        });
}

QJsonObject needsJson(const OsNeeds& needs)
{
    const auto orNull = [](double value) { return value > 0 ? QJsonValue(value) : QJsonValue(); };
    return { { QStringLiteral("memory_bytes"), orNull(static_cast<double>(needs.memoryBytes)) },
        { QStringLiteral("disk_bytes"), orNull(static_cast<double>(needs.diskBytes)) },
        { QStringLiteral("cpus"), orNull(needs.cpus) } };
}

void listThem(Program& program, const NoOptions&)
{
    const auto all = std::make_shared<std::vector<KnownOs>>();
    program.run(listSystemsJob(all), [&program, all] {
        QJsonArray array;
        TextTable table(
            { QStringLiteral("ID"), QStringLiteral("NAME"), QStringLiteral("MEMORY"), QStringLiteral("DISK") });
        const auto text = [](std::uint64_t bytes) {
            return bytes == 0 ? QStringLiteral("-") : QString::fromStdString(formatBytes(bytes));
        };
        for (const KnownOs& os : *all) {
            array.append(QJsonObject{ { QStringLiteral("id"), os.id }, { QStringLiteral("name"), os.name },
                { QStringLiteral("minimum"), needsJson(os.minimum) },
                { QStringLiteral("recommended"), needsJson(os.recommended) } });
            table.add({ os.id, os.name, text(os.recommended.memoryBytes), text(os.recommended.diskBytes) });
        }
        if (program.wantsJson())
            program.print(QJsonValue(array));
        else
            program.print(table.toText());
        program.finish();
    });
}

void addImportVerb(CLI::App& vm, ChosenVerb& chosen)
{
    const auto options = std::make_shared<ImportOptions>();
    auto* verb = vm.add_subcommand("import", "a VM of a disk that stands there; it stays stopped");
    verb->footer("The disk is copied to qcow2 in the VM's own folder, unless --in-place. A disk that names other files "
                 "(a backing file, a data file, extents) is refused: its guest would get them.");
    verb->add_option("--disk", options->disk, "its file")->type_name("FILE")->required();
    verb->add_option("--name", options->name, "of the VM; else the file's");
    verb->add_option("--format", options->format, "qcow2, raw, vmdk, vdi, vhdx or vpc; else by the file's beginning");
    auto* inPlace = verb->add_flag("--in-place", options->isInPlace, "use the file itself (qcow2 and raw)");
    verb->add_flag("--copy", options->isCopied, "leave the file as it is (this is so without it)")->excludes(inPlace);
    verb->add_option("--size", options->size, "enlarge the copy")->type_name("SIZE")->excludes(inPlace);
    verb->add_option("--memory", options->memory, "512M, 2G; else 2G")->type_name("SIZE");
    verb->add_option("--cpus", options->cpus, "else 1")->type_name("N");
    verb->add_option("--network", options->network, "default or none")->check(CLI::IsMember({ "default", "none" }));
    verb->add_option("--cloud-init", options->cloudInit,
            "what a cloud image's first boot is told: user=, password-hash= (of openssl passwd -6), ssh-key=FILE "
            "(public), "
            "packages=A+B, hostname=; several, or again")
        ->type_name("KEY=VALUE")
        ->delimiter(',');
    verb->add_option("--user-data", options->userData, "the same, as a file of your own for cloud-init")
        ->type_name("FILE");
    verb->add_option("--network-config", options->networkConfig, "its network configuration, version 1 or 2")
        ->type_name("FILE");
    verb->add_flag("--dry-run", options->isDryRun, "print the definition for libvirt and make nothing");
    onVerb(*verb, chosen, options, Need::Workloads, &importIt);
}

void addInstallVerbs(CLI::App& vm, ChosenVerb& chosen)
{
    const auto options = std::make_shared<InstallOptions>();
    auto* verb = vm.add_subcommand("create", "a VM with a new disk that starts from an installation medium");
    verb->footer("What is left out is chosen by the system on the medium, as osinfo-db knows it, with the reasons on "
                 "standard error.");
    verb->add_option("--cdrom", options->medium, "the medium, an ISO file")->type_name("FILE")->required();
    verb->add_option("--name", options->name, "of the VM; else the medium's");
    verb->add_option("--disk", options->disk, "of the new disk; the file grows with what is written")
        ->type_name("SIZE");
    verb->add_option("--os", options->system, "the system, where the medium does not tell: twinhullctl vm systems")
        ->type_name("ID");
    verb->add_option("--memory", options->memory, "512M, 2G")->type_name("SIZE");
    verb->add_option("--cpus", options->cpus, "else as recommended, or 1")->type_name("N");
    verb->add_option("--network", options->network, "default or none")->check(CLI::IsMember({ "default", "none" }));
    verb->add_flag("--dry-run", options->isDryRun, "print the definition for libvirt and make nothing");
    onVerb(*verb, chosen, options, Need::Workloads, &installIt);
    onVerb(*vm.add_subcommand("systems", "the operating systems that are known, and what they recommend"), chosen,
        std::make_shared<NoOptions>(), Need::Images, &listThem);
}

} // namespace

void addVmCreationVerbs(CLI::App& vm, ChosenVerb& chosen)
{
    addImportVerb(vm, chosen);
    addInstallVerbs(vm, chosen);
}

} // namespace twinhull
