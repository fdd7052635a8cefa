// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/machine_options.h"

#include "app/twinhullctl/plan_arguments.h"
#include "core/base/small_file.h"
#include "core/base/text.h"
#include "core/workload/cloud_init_files.h"
#include "core/workload/machine_card.h"
#include "core/workload/option_text.h"

#include <QFileInfo>

#include <optional>

namespace twinhull {

namespace {

constexpr std::size_t kPasswordLimitBytes = 4096;

Error wrongWord(const std::string& word, const char* hint)
{
    return Error{ ErrorCode::InvalidArgument, "--cloud-init " + word, 0, hint };
}

/// Public keys are read from their files: "ssh-key=FILE".
Result<> addKeys(const QString& path, CloudInit& made)
{
    const auto keys = publicKeysFrom(path);
    if (!keys)
        return keys.error();
    made.sshKeys += *keys;
    return {};
}

/// On a command line others could read it.
Result<QString> passwordFrom(const std::string& path)
{
    const auto text = readSmallFile(path, kPasswordLimitBytes);
    if (!text)
        return text.error();
    const QString password = QString::fromStdString(*text).section(u'\n', 0, 0);
    if (password.isEmpty())
        return Error{ ErrorCode::InvalidArgument, "the first line of " + path + " is empty", 0,
            "Its first line is the password" };
    return password;
}

Result<> readPassword(const QString& path, CloudInit& made)
{
    const auto password = passwordFrom(path.toStdString());
    if (password)
        made.password = *password;
    return password ? Result<>() : Result<>(password.error());
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
    else if (key == "password-file")
        return readPassword(value, made);
    else if (key == "ssh-key")
        return addKeys(value, made);
    else
        return wrongWord(word, "It knows user, password-hash, password-file, ssh-key, packages and hostname");
    return {};
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
    if (auto read = readOwnCloudData(QString::fromStdString(options.userData), made.userData); !read)
        return std::move(read).error();
    if (auto read = readOwnCloudData(QString::fromStdString(options.networkConfig), made.networkConfig); !read)
        return std::move(read).error();
    return Asked(std::move(made));
}

std::optional<MachineFirmware> firmwareFrom(const std::string& text)
{
    if (text.empty())
        return std::nullopt;
    if (text == "bios")
        return MachineFirmware::Bios;
    return text == "uefi" ? MachineFirmware::Uefi : MachineFirmware::SecureBoot;
}

Result<> readCommon(const NewMachineOptions& options, const QString& usualName, MachineImport& machine)
{
    machine.plan.name = options.name.empty() ? usualName : QString::fromStdString(options.name);
    machine.plan.hasNetwork = options.network != "none";
    if (machine.plan.hasNetwork) {
        const auto card = cardFromText(QString::fromStdString(options.network));
        if (!card)
            return card.error();
        machine.card = *card;
    }
    machine.firmware = firmwareFrom(options.firmware);
    auto limits = limitsFromText(options.memory, options.cpus, {});
    if (!limits)
        return std::move(limits).error();
    machine.plan.limits = *std::move(limits);
    for (const std::string& text : options.ports) {
        const auto ports = portsFromText(QString::fromStdString(text));
        if (!ports)
            return Error{ ErrorCode::InvalidArgument, "-p " + text, 0, "Write it as 8080:80" };
        machine.plan.ports.insert(machine.plan.ports.end(), ports->begin(), ports->end());
    }
    return {};
}

void addCommonOptions(CLI::App& verb, NewMachineOptions& options)
{
    verb.add_option("--name", options.name, "of the VM; else the file's, or the appliance's own");
    verb.add_option("--os", options.system, "its system, where that is not told: twinhullctl vm systems")
        ->type_name("ID");
    verb.add_option("--firmware", options.firmware, "bios, uefi or secure-boot; else as the system wants it")
        ->check(CLI::IsMember({ "bios", "uefi", "secure-boot" }));
    verb.add_option("--memory", options.memory, "512M, 2G; else as the system recommends, or 2G")->type_name("SIZE");
    verb.add_option("--cpus", options.cpus, "else as the system recommends, or 1")->type_name("N");
    verb.add_option("--network", options.network,
            "user (QEMU's own, usual), network=NAME (vm network list), bridge=NAME or none; also user,model=e1000e")
        ->type_name("WHERE[,model=MODEL]");
    verb.add_option("-p,--publish", options.ports, "a port of this computer for one inside")
        ->type_name("[ADDRESS:]PORT:INSIDE");
    verb.add_flag("--start", options.isStarted, "start it once it is made");
    verb.add_flag("--dry-run", options.isDryRun, "print the definition for libvirt and make nothing");
}

Result<UnattendedInstall> unattendedFrom(const InstallOptions& options)
{
    const auto password = passwordFrom(options.passwordFile);
    if (!password)
        return password.error();
    UnattendedInstall made{ QString::fromStdString(options.user), *password, QString::fromStdString(options.hostName),
        {} };
    for (const std::string& file : options.keyFiles) {
        const auto keys = publicKeysFrom(QString::fromStdString(file));
        if (!keys)
            return keys.error();
        made.sshKeys += *keys;
    }
    return made;
}

/// As virt-install has it, "size=10" is 10 GiB; what no disk has as GiB is meant as bytes, which is how odd sizes are
/// written.
Result<std::uint64_t> newDiskBytes(const std::string& word)
{
    constexpr std::size_t kMostDigits = 5; // 64 TiB
    const bool isBare = !word.empty() && word.find_first_not_of("0123456789") == std::string::npos;
    return parseSize(isBare && word.size() <= kMostDigits ? word + "G" : word);
}

Result<> readDiskWord(const QString& word, MachineImport& machine, std::uint64_t& bytes)
{
    const QString key = word.section(u'=', 0, 0);
    const QString value = word.section(u'=', 1);
    const auto wrong = [&word](const char* hint) {
        return Error{ ErrorCode::InvalidArgument, "--disk " + word.toStdString(), 0, hint };
    };
    if (value.isEmpty())
        return wrong("Write it as 20G, or as pool=default,size=20G");
    if (key == u"pool")
        machine.pool = value;
    else if (key == u"name")
        machine.volume = value;
    else if (key == u"format")
        machine.newFormat = value;
    else if (key != u"size")
        return wrong("It knows pool, size, name and format");
    if (key != u"size")
        return {};
    const auto size = newDiskBytes(value.toStdString());
    bytes = size ? *size : 0;
    return size ? Result<>() : Result<>(size.error());
}

Result<std::uint64_t> readDisk(const InstallOptions& options, MachineImport& machine)
{
    machine.pool = QString::fromStdString(options.pool);
    if (options.disk.empty())
        return std::uint64_t{ 0 };
    const QString asked = QString::fromStdString(options.disk);
    if (!asked.contains(u'='))
        return parseSize(options.disk);
    std::uint64_t bytes = 0;
    for (const QString& word : asked.split(u',', Qt::SkipEmptyParts)) {
        if (auto read = readDiskWord(word, machine, bytes); !read)
            return std::move(read).error();
    }
    return bytes;
}

InstallerSource installerFrom(const InstallOptions& options)
{
    const QString location = QString::fromStdString(options.location);
    InstallerSource source{ location, QString::fromStdString(options.arguments) };
    if (!source.isAddress())
        source.location = QFileInfo(location).absoluteFilePath();
    return source;
}

} // namespace

void addImportOptions(CLI::App& verb, ImportOptions& options)
{
    verb.add_option("--disk", options.disk, "its file; or an appliance, .ova or .ovf")->type_name("FILE")->required();
    verb.add_option("--format", options.format, "qcow2, raw, vmdk, vdi, vhdx or vpc; else by the file's beginning");
    auto* inPlace = verb.add_flag("--in-place", options.isInPlace, "use the file itself (qcow2 and raw)");
    verb.add_flag("--copy", options.isCopied, "leave the file as it is (this is so without it)")->excludes(inPlace);
    verb.add_option("--size", options.size, "enlarge the copy")->type_name("SIZE")->excludes(inPlace);
    verb.add_option("--cloud-init", options.cloudInit,
            "what a cloud image's first boot is told: user=, password-file=FILE or password-hash= (of openssl passwd "
            "-6), ssh-key=FILE (public), packages=A+B, hostname=; several, or again")
        ->type_name("KEY=VALUE")
        ->delimiter(',');
    verb.add_option("--user-data", options.userData, "the same, as a file of your own for cloud-init")
        ->type_name("FILE");
    verb.add_option("--network-config", options.networkConfig, "its network configuration, version 1 or 2")
        ->type_name("FILE");
    addCommonOptions(verb, options);
}

void addInstallOptions(CLI::App& verb, InstallOptions& options)
{
    auto* medium = verb.add_option_group("from where")->require_option(1);
    medium->add_option("--cdrom", options.medium, "the medium, an ISO file")->type_name("FILE");
    medium->add_flag("--pxe", options.isFromNetwork, "from a server in its network, while its disk is empty");
    auto* location = medium
                         ->add_option("--location", options.location,
                             "an installation tree (http, https, a folder) or an ISO file, whose kernel and initrd "
                             "the first start runs")
                         ->type_name("URL|PATH");
    verb.add_option("--extra-args", options.arguments, "for that kernel: console=ttyS0")->needs(location);
    auto* unattended = verb.add_flag("--unattended", options.isUnattended,
                               "the installer asks nothing: it gets libosinfo's script for the system")
                           ->needs(location);
    auto* password = verb.add_option("--user-password-file", options.passwordFile,
                             "its first line is the password of root and of the user")
                         ->type_name("FILE")
                         ->needs(unattended);
    unattended->needs(password);
    verb.add_option("--user", options.user, "is made beside root")->type_name("NAME")->needs(unattended);
    verb.add_option("--hostname", options.hostName, "else its name, made fit")->type_name("NAME")->needs(unattended);
    verb.add_option("--ssh-key", options.keyFiles, "public keys that may log in; again for more")
        ->type_name("FILE")
        ->needs(unattended);
    verb.add_option("--disk", options.disk,
            "size of the new disk, whose file grows with what is written; or pool=POOL,size=SIZE,name=VOLUME,"
            "format=qcow2|raw: a volume of a pool, which stays when the VM is removed (a bare number is GiB)")
        ->type_name("SIZE|KEY=VALUE,...");
    verb.add_option("--pool", options.pool,
            "for the new disk; else the VM's own folder, on another computer the pool default, or the only one")
        ->type_name("NAME");
    addCommonOptions(verb, options);
}

Result<MachineImport> importFrom(const ImportOptions& options)
{
    MachineImport machine;
    const QFileInfo file(QString::fromStdString(options.disk));
    const bool isNamedWithin = isNamedAsAppliance(file.fileName());
    if (auto read = readCommon(options, isNamedWithin ? QString() : file.completeBaseName(), machine); !read)
        return std::move(read).error();
    machine.plan.source = DiskSource{ file.absoluteFilePath() };
    machine.handling = options.isInPlace ? DiskHandling::InPlace : DiskHandling::Copy;
    machine.format = QString::fromStdString(options.format);
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

Result<MachineImport> installFrom(const InstallOptions& options)
{
    MachineImport machine;
    std::optional<InstallerSource> installer;
    if (!options.location.empty())
        installer = installerFrom(options);
    if (options.isUnattended) {
        auto unattended = unattendedFrom(options);
        if (!unattended)
            return std::move(unattended).error();
        installer->unattended = *std::move(unattended);
    }
    const bool isIso = installer && installer->isIsoFile();
    const QFileInfo file(isIso ? installer->location : QString::fromStdString(options.medium));
    if (auto read = readCommon(options, file.completeBaseName(), machine); !read)
        return std::move(read).error();
    if (machine.plan.name.isEmpty())
        return Error{ ErrorCode::InvalidArgument, "a machine that is installed from the network needs a name", 0,
            "Add --name NAME" };
    machine.installer = installer;
    const auto bytes = readDisk(options, machine);
    if (!bytes)
        return bytes.error();
    machine.plan.source = IsoSource{ isIso || !options.medium.empty() ? file.absoluteFilePath() : QString(), *bytes };
    return machine;
}

} // namespace twinhull
