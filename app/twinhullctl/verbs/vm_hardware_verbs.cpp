// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/verbs/image_verbs.h"
#include "app/twinhullctl/verbs/vm_verbs.h"

#include <QJsonArray>
#include <QJsonObject>

#include <algorithm>
#include <map>

namespace twinhull {

namespace {

struct HardwareListing {
    std::string name;
};

struct EditOptions {
    HardwareEdit::Verb verb = HardwareEdit::Verb::Set;
    std::string name;
    std::string device;
    std::vector<std::string> values;
    std::map<std::string, std::string> machine; ///< by key; what was not asked is not there
    std::string usb; ///< a device of the host
    std::string pci; ///< likewise
};

/// The machine's own fields, which have an option each.
struct MachineOption {
    const char* key;
    const char* type;
    const char* meaning;
};
constexpr MachineOption kMachineOptions[] = {
    { "cpus", "N", "processors that are plugged in" },
    { "max-cpus", "N", "processors that can be plugged in while it runs" },
    { "topology", "S:C:T", "sockets, cores and threads: 1:4:2" },
    { "cpu-model", "MODEL", "host-passthrough, host-model, maximum or a model's name" },
    { "pin", "PINS", "on which of the host's processors each may run: \"0=2-3 1=4\"" },
    { "emulator-pin", "CPUS", "on which of them QEMU's other threads may run: 0-1" },
    { "shares", "N", "its weight where processors are short; others have 1024" },
    { "period", "MICROSECONDS", "of the quota, 1000 to 1000000" },
    { "quota", "MICROSECONDS", "the time of each processor in a period; -1: no limit" },
    { "iothreads", "N", "threads that disks can be given to (--device DISK iothread=1)" },
    { "memory", "SIZE", "512M, 4G; what the balloon leaves of the most" },
    { "max-memory", "SIZE", "the most that the balloon can give while it runs" },
    { "hugepages", "yes|no", "memory in huge pages of the host" },
    { "locked", "yes|no", "memory that is never swapped out" },
    { "shared-memory", "yes|no", "memory shared with the host, as virtiofs needs it" },
    { "firmware", "efi|bios", "what the machine starts with" },
    { "secure-boot", "yes|no", "only signed systems start" },
    { "machine", "TYPE", "q35, pc, or a version of them" },
    { "boot-menu", "yes|no", "asks at the start" },
};

const char* nameOfPresence(HardwareDevice::Presence presence)
{
    switch (presence) {
    case HardwareDevice::Presence::AfterShutdown:
        return "after-shutdown";
    case HardwareDevice::Presence::UntilShutdown:
        return "until-shutdown";
    default:
        return "defined";
    }
}

QJsonObject deviceJson(const HardwareDevice& device)
{
    QJsonObject fields;
    QJsonObject running;
    for (const auto& field : device.fields) {
        if (!field.value.isEmpty())
            fields.insert(field.key, field.value);
        if (field.runningValue)
            running.insert(field.key, *field.runningValue);
    }
    return { { QStringLiteral("device"), device.key }, { QStringLiteral("kind"), device.kind },
        { QStringLiteral("presence"), QLatin1String(nameOfPresence(device.presence)) },
        { QStringLiteral("pending"), device.isPending() }, { QStringLiteral("fields"), fields },
        { QStringLiteral("running"), running } };
}

QString fieldsText(const HardwareDevice& device)
{
    QStringList words;
    for (const auto& field : device.fields) {
        if (field.runningValue)
            words << QStringLiteral("%1=%2 (%3)")
                         .arg(field.key, field.value,
                             Program::tr("%1 until shutdown")
                                 .arg(field.runningValue->isEmpty() ? QStringLiteral("–") : *field.runningValue));
        else if (!field.value.isEmpty())
            words << field.key + u'=' + field.value;
    }
    if (device.presence == HardwareDevice::Presence::AfterShutdown)
        words << Program::tr("(after shutdown)");
    if (device.presence == HardwareDevice::Presence::UntilShutdown)
        words << Program::tr("(until shutdown)");
    return words.join(u' ');
}

void printHardware(Program& program, const HardwareDescription& description)
{
    QJsonArray array;
    TextTable table({ QStringLiteral("DEVICE"), QStringLiteral("KIND"), QStringLiteral("FIELDS") });
    for (const auto& device : description.devices) {
        array.append(deviceJson(device));
        table.add({ device.key, device.kind, fieldsText(device) });
    }
    if (program.wantsJson())
        program.print(QJsonValue(QJsonObject{ { QStringLiteral("pending"), description.isPending() },
            { QStringLiteral("earlier_definitions"), description.earlierDefinitions },
            { QStringLiteral("devices"), array } }));
    else
        program.print(table.toText());
    program.finish();
}

void listHardware(Program& program, const HardwareListing& options)
{
    const auto vm = chosenVm(program, options.name);
    if (!vm)
        return;
    const auto description = std::make_shared<HardwareDescription>();
    program.run(program.vms()->hardware().read(*vm, description),
        [&program, description] { printHardware(program, *description); });
}

Result<HardwareEdit> editFrom(const EditOptions& options)
{
    HardwareEdit edit{ options.verb, QString::fromStdString(options.device), {} };
    for (const auto& [key, value] : options.machine)
        edit.values.insert(QString::fromStdString(key), QString::fromStdString(value));
    for (const auto& word : options.values) {
        const QString text = QString::fromStdString(word);
        const qsizetype sign = text.indexOf(u'=');
        if (sign < 1)
            return Error{ ErrorCode::InvalidArgument, "\"" + word + "\" is no KEY=VALUE", 0,
                "What a device has is shown by: twinhullctl vm hardware NAME" };
        edit.values.insert(text.left(sign), text.mid(sign + 1));
    }
    if (options.verb == HardwareEdit::Verb::Set && edit.values.isEmpty())
        return Error{ ErrorCode::InvalidArgument, "nothing to set", 0,
            "Give an option such as --cpus, or --device DEVICE KEY=VALUE." };
    if (!options.machine.empty() && !options.device.empty())
        return Error{ ErrorCode::InvalidArgument, "one device at a time, and none together with the machine's own", 0,
            {} };
    return edit;
}

void editHardware(Program& program, const EditOptions& options)
{
    const auto edit = editFrom(options);
    if (!edit) {
        program.fail(edit.error());
        return;
    }
    const auto vm = chosenVm(program, options.name);
    if (!vm)
        return;
    const auto outcome = std::make_shared<HardwareOutcome>();
    program.run(
        program.vms()->hardware().edit(*vm, *edit, outcome), [&program, outcome] { finishOutcome(program, *outcome); });
}

/// "00:1f.2" as well as "0000:00:1f.2".
QString wholePciAddress(const QString& address)
{
    const QString lower = address.toLower();
    return lower.count(u':') == 1 ? QStringLiteral("0000:") + lower : lower;
}

/// "001.003", as files of devices have it, as "1.3".
QString plainUsbName(const QString& typed)
{
    bool isBus = false;
    bool isDevice = false;
    const uint bus = typed.section(u'.', 0, 0).toUInt(&isBus);
    const uint device = typed.section(u'.', 1).toUInt(&isDevice);
    return isBus && isDevice ? QStringLiteral("%1.%2").arg(bus).arg(device) : typed.toLower();
}

/// What was typed names the one of the host's that the host tells of; its obstacle is the refusal.
Result<QString> hostDeviceValue(const std::vector<HostDevice>& devices, const QString& kind, const QString& typed)
{
    const QString wanted = kind == u"pci" ? wholePciAddress(typed) : plainUsbName(typed);
    const auto isIt = [&](const HostDevice& device) {
        return device.kind == kind && (device.address == wanted || (kind == u"usb" && device.ids == wanted));
    };
    const auto found = std::find_if(devices.begin(), devices.end(), isIt);
    if (found == devices.end())
        return Error{ ErrorCode::NotFound,
            "the host tells of no " + kind.toStdString() + " device " + typed.toStdString(), 0,
            "See them with: twinhullctl vm host-devices; to name it all the same: twinhullctl vm attach NAME "
                + kind.toStdString() + " device=" + wanted.toStdString() };
    if (std::count_if(devices.begin(), devices.end(), isIt) > 1)
        return Error{ ErrorCode::InvalidArgument, "the host has several devices " + typed.toStdString(), 0,
            "Say which by bus and device: twinhullctl vm host-devices" };
    if (!found->obstacle.isEmpty())
        return Error{ ErrorCode::Unsupported, typed.toStdString() + ": " + found->obstacle.toStdString(), 0, {} };
    return wanted;
}

void attachHostDevice(Program& program, const EditOptions& options, const WorkloadInfo& vm)
{
    const QString kind = options.usb.empty() ? QStringLiteral("pci") : QStringLiteral("usb");
    const QString typed = QString::fromStdString(options.usb.empty() ? options.pci : options.usb);
    const auto devices = std::make_shared<std::vector<HostDevice>>();
    program.run(program.vms()->hardware().readHostDevices(devices), [&program, devices, kind, typed, vm] {
        const auto value = hostDeviceValue(*devices, kind, typed);
        if (!value)
            return program.fail(value.error());
        const auto outcome = std::make_shared<HardwareOutcome>();
        program.run(program.vms()->hardware().edit(
                        vm, { HardwareEdit::Verb::Add, kind, { { QStringLiteral("device"), *value } } }, outcome),
            [&program, outcome] { finishOutcome(program, *outcome); });
    });
}

/// Of attach and detach: a kind or a device that was typed, or one of the host's.
void editDevice(Program& program, const EditOptions& options)
{
    const bool isHosts = !options.usb.empty() || !options.pci.empty();
    if (isHosts == !options.device.empty() || (isHosts && !options.values.empty()))
        return program.fail({ ErrorCode::InvalidArgument, "one device at a time, and one at least", 0,
            "Name it, or give --usb 046d:c52b or --pci 0000:01:00.0" });
    if (!isHosts)
        return editHardware(program, options);
    EditOptions named = options;
    named.device = options.usb.empty() ? wholePciAddress(QString::fromStdString(options.pci)).toStdString()
                                       : plainUsbName(QString::fromStdString(options.usb)).toStdString();
    if (options.verb == HardwareEdit::Verb::Remove)
        return editHardware(program, named);
    if (const auto vm = chosenVm(program, options.name))
        attachHostDevice(program, options, *vm);
}

struct HostListing { };

QJsonObject hostDeviceJson(const HostDevice& device)
{
    return { { QStringLiteral("kind"), device.kind }, { QStringLiteral("address"), device.address },
        { QStringLiteral("ids"), device.ids }, { QStringLiteral("name"), device.name },
        { QStringLiteral("driver"), device.driver },
        { QStringLiteral("iommu_group"), device.iommuGroup ? QJsonValue(*device.iommuGroup) : QJsonValue() },
        { QStringLiteral("group_others"), QJsonArray::fromStringList(device.groupOthers) },
        { QStringLiteral("used_by"), QJsonArray::fromStringList(device.users) },
        { QStringLiteral("obstacle"), device.obstacle.isEmpty() ? QJsonValue() : QJsonValue(device.obstacle) } };
}

void listHostDevices(Program& program, const HostListing&)
{
    if (const auto available = program.vms()->availability(); !available)
        return program.fail(available.error());
    const auto devices = std::make_shared<std::vector<HostDevice>>();
    program.run(program.vms()->hardware().readHostDevices(devices), [&program, devices] {
        QJsonArray array;
        TextTable table(
            { QStringLiteral("KIND"), QStringLiteral("ADDRESS"), QStringLiteral("IDS"), QStringLiteral("GROUP"),
                QStringLiteral("USED BY"), QStringLiteral("NAME"), QStringLiteral("CANNOT BE GIVEN") });
        for (const HostDevice& device : *devices) {
            array.append(hostDeviceJson(device));
            table.add({ device.kind, device.address, device.ids,
                device.iommuGroup ? QString::number(*device.iommuGroup) : QStringLiteral("-"), device.users.join(u','),
                device.name, device.obstacle });
        }
        if (program.wantsJson())
            program.print(QJsonValue(array));
        else
            program.print(table.toText());
        program.finish();
    });
}

void addHostDeviceOptions(CLI::App& verb, const std::shared_ptr<EditOptions>& options)
{
    auto* usb = verb.add_option("--usb", options->usb, "one of the host's: twinhullctl vm host-devices")
                    ->type_name("VENDOR:PRODUCT|BUS.DEVICE");
    verb.add_option("--pci", options->pci, "likewise")->type_name("0000:01:00.0")->excludes(usb);
}

void addMachineOptions(CLI::App& verb, const std::shared_ptr<EditOptions>& options)
{
    for (const auto& option : kMachineOptions) {
        verb.add_option_function<std::string>(
                std::string("--") + option.key,
                [options, key = option.key](const std::string& value) { options->machine[key] = value; },
                option.meaning)
            ->type_name(option.type);
    }
}

} // namespace

void addVmHardwareVerbs(CLI::App& vm, ChosenVerb& chosen)
{
    const auto listing = std::make_shared<HardwareListing>();
    auto* list = vm.add_subcommand("hardware", "a VM's devices and what they are set to");
    list->add_option("NAME", listing->name, "name or UUID")->required();
    onVerb(*list, chosen, listing, Need::Workloads, &listHardware);

    const auto set = std::make_shared<EditOptions>();
    auto* setVerb = vm.add_subcommand("set",
        "changes a VM: at once where it runs and that can be, else with its "
        "next start, and says which");
    setVerb->add_option("NAME", set->name, "name or UUID")->required();
    setVerb->add_option("KEY=VALUE", set->values, "of the device; an empty VALUE takes it away (source= ejects)");
    setVerb->add_option("--device", set->device, "as `vm hardware` shows it: vda, or a MAC address")
        ->type_name("DEVICE");
    addMachineOptions(*setVerb, set);
    onVerb(*setVerb, chosen, set, Need::Workloads, &editHardware);

    std::string kinds;
    for (const char* kind : { "disk", "cdrom", "shared-folder", "nic", "graphics", "video", "sound", "serial", "input",
             "usb", "pci", "tpm", "watchdog", "rng", "vsock" })
        kinds += (kinds.empty() ? "" : ", ") + std::string(kind);
    const auto attach = std::make_shared<EditOptions>();
    attach->verb = HardwareEdit::Verb::Add;
    auto* attachVerb = vm.add_subcommand("attach", "adds a device: at once where it runs and that can be");
    attachVerb->add_option("NAME", attach->name, "name or UUID")->required();
    attachVerb->add_option("KIND", attach->device, kinds);
    addHostDeviceOptions(*attachVerb, attach);
    attachVerb->add_option("KEY=VALUE", attach->values,
        "source=/data.qcow2 bus=virtio cache=none; size=10G makes a new disk "
        "beside the others, or in pool=POOL");
    onVerb(*attachVerb, chosen, attach, Need::Workloads, &editDevice);

    const auto detach = std::make_shared<EditOptions>();
    detach->verb = HardwareEdit::Verb::Remove;
    auto* detachVerb = vm.add_subcommand("detach", "takes a device away; no file of it is removed");
    detachVerb->add_option("NAME", detach->name, "name or UUID")->required();
    detachVerb->add_option("DEVICE", detach->device, "as `vm hardware` shows it");
    addHostDeviceOptions(*detachVerb, detach);
    onVerb(*detachVerb, chosen, detach, Need::Workloads, &editDevice);

    onVerb(*vm.add_subcommand("host-devices", "the USB and PCI devices of the host: who has them, what can be given"),
        chosen, std::make_shared<HostListing>(), Need::Workloads, &listHostDevices);
}

} // namespace twinhull
