// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/domain/domain_hardware.h"

#include "core/vms/domain/hardware_rules.h"

#include <QCoreApplication>
#include <QRandomGenerator>

namespace twinhull {

namespace {

/// An element of a domain with the name that it has in this program.
struct KnownElement {
    xmlNodePtr element = nullptr;
    const DeviceRule* rule = nullptr; ///< null: we know nothing of such a device
    QString key;
};

const FieldRule* fieldOf(const DeviceRule& rule, const QString& key)
{
    for (const auto& field : rule.fields) {
        if (key == QLatin1String(field.key))
            return &field;
    }
    return nullptr;
}

QString elementKind(const KnownElement& known)
{
    return known.rule != nullptr ? QString::fromLatin1(known.rule->kind)
                                 : QString::fromUtf8(reinterpret_cast<const char*>(known.element->name));
}

/// Devices of one kind that nothing names are counted.
QString keyOf(const KnownElement& device, const std::vector<KnownElement>& before)
{
    QString name;
    if (device.rule != nullptr && *device.rule->nameKey != '\0')
        name = fieldValue(*fieldOf(*device.rule, QLatin1String(device.rule->nameKey)), device.element);
    const bool isNamed = !name.isEmpty();
    if (!isNamed)
        name = elementKind(device);
    int number = 0;
    QString key = isNamed ? name : name + QString::number(number);
    const auto isTaken = [&before](const QString& wanted) {
        return std::any_of(before.begin(), before.end(), [&wanted](const auto& each) { return each.key == wanted; });
    };
    while (isTaken(key))
        key = (isNamed ? name + u'#' : name) + QString::number(++number);
    return key;
}

bool isPart(const DeviceRule& rule)
{
    return *rule.element == '\0';
}

std::vector<KnownElement> elementsOf(const DomainXml& domain)
{
    std::vector<KnownElement> all;
    for (const auto& rule : deviceRules()) {
        if (isPart(rule))
            all.push_back({ domain.root(), &rule, QString::fromLatin1(rule.kind) });
    }
    for (xmlNodePtr element : childElements(domain.devices())) {
        if (isElement(element, "emulator"))
            continue;
        KnownElement device{ element, ruleOf(element), {} };
        device.key = keyOf(device, all);
        all.push_back(std::move(device));
    }
    return all;
}

const KnownElement* elementOfKey(const std::vector<KnownElement>& all, const QString& key)
{
    const auto found = std::find_if(all.begin(), all.end(), [&key](const auto& each) { return each.key == key; });
    return found == all.end() ? nullptr : &*found;
}

QString translated(const char* text)
{
    return QCoreApplication::translate("Hardware", text);
}

HardwareField described(const FieldRule& rule)
{
    HardwareField field;
    field.key = QString::fromLatin1(rule.key);
    field.label = translated(rule.label);
    field.kind = rule.kind;
    if (rule.kind == HardwareField::Kind::Choice)
        field.choices = QString::fromLatin1(rule.choices).split(u' ', Qt::SkipEmptyParts);
    else if (rule.kind != HardwareField::Kind::Flag)
        field.form = QString::fromLatin1(rule.choices);
    return field;
}

QString titleOf(const KnownElement& known)
{
    if (known.rule == nullptr) {
        const QString type = textAt(known.element, QStringLiteral("@type"));
        return type.isEmpty() ? elementKind(known) : elementKind(known) + u' ' + type;
    }
    const QString label = translated(known.rule->label);
    if (!isPart(*known.rule) && *known.rule->nameKey == '\0') // told apart by what they are
        return (label + u' ' + fieldValue(known.rule->fields.front(), known.element)).trimmed();
    return isPart(*known.rule) || known.key.startsWith(QLatin1String(known.rule->kind)) ? label
                                                                                        : label + u' ' + known.key;
}

HardwareDevice describedDevice(const KnownElement& known)
{
    HardwareDevice device;
    device.key = known.key;
    device.kind = elementKind(known);
    device.title = titleOf(known);
    device.isRemovable = known.rule == nullptr || !isPart(*known.rule);
    if (known.rule == nullptr)
        return device;
    for (const auto& rule : known.rule->fields) {
        HardwareField field = described(rule);
        field.value = fieldValue(rule, known.element);
        device.fields.push_back(std::move(field));
    }
    return device;
}

/// host-model is written out as what it came to; that is no difference.
bool isExpanded(const FieldRule& rule, const QString& defined)
{
    return qstrcmp(rule.key, "cpu-model") == 0 && (defined == u"host-model" || defined.isEmpty());
}

void compare(HardwareDevice& device, const DeviceRule& rule, xmlNodePtr running)
{
    for (std::size_t i = 0; i < rule.fields.size(); ++i) {
        const QString value = fieldValue(rule.fields[i], running);
        HardwareField& field = device.fields[i];
        if (rule.fields[i].isTheSameRunning && value != field.value && !isExpanded(rule.fields[i], field.value))
            field.runningValue = value;
    }
}

Error noSuchDevice(const std::vector<KnownElement>& all, const QString& key)
{
    QStringList keys;
    for (const auto& known : all)
        keys << known.key;
    return Error{ ErrorCode::NotFound, "it has no device " + key.toStdString(), 0,
        "It has: " + keys.join(QStringLiteral(", ")).toStdString() };
}

Error noSuchField(const DeviceRule& rule, const QString& key)
{
    QStringList keys;
    for (const auto& field : rule.fields)
        keys << QString::fromLatin1(field.key);
    return Error{ ErrorCode::InvalidArgument, "a " + std::string(rule.kind) + " has no field " + key.toStdString(), 0,
        "It has: " + keys.join(QStringLiteral(", ")).toStdString() };
}

Error noSuchKind(const QString& kind)
{
    QStringList kinds;
    for (const auto& rule : deviceRules()) {
        if (rule.isAddable)
            kinds << QString::fromLatin1(rule.kind);
    }
    return Error{ ErrorCode::InvalidArgument, "there is no kind of device " + kind.toStdString(), 0,
        "There are: " + kinds.join(QStringLiteral(", ")).toStdString() };
}

/// In the order of the rule, so that a type is set before what depends on it.
Result<> setFields(const DeviceRule& rule, xmlNodePtr element, const QMap<QString, QString>& values)
{
    for (auto value = values.begin(); value != values.end(); ++value) {
        if (fieldOf(rule, value.key()) == nullptr)
            return noSuchField(rule, value.key());
    }
    for (const auto& field : rule.fields) {
        const auto value = values.find(QString::fromLatin1(field.key));
        if (value == values.end())
            continue;
        if (auto set = setFieldValue(field, element, *value); !set)
            return set;
    }
    return {};
}

Result<> setMachine(const DomainXml& domain, const QMap<QString, QString>& values, QString& firstKind)
{
    QMap<QString, QString> left = values;
    for (const auto& rule : deviceRules()) {
        QMap<QString, QString> own;
        for (const auto& field : rule.fields) {
            const QString key = QString::fromLatin1(field.key);
            if (isPart(rule) && left.contains(key))
                own.insert(key, left.take(key));
        }
        if (own.isEmpty())
            continue;
        if (firstKind.isEmpty())
            firstKind = QString::fromLatin1(rule.kind);
        if (auto set = setFields(rule, domain.root(), own); !set)
            return set;
    }
    if (left.isEmpty())
        return {};
    return Error{ ErrorCode::InvalidArgument, "a machine has no field " + left.firstKey().toStdString(), 0, {} };
}

QString targetPrefix(const QString& bus)
{
    if (bus == u"virtio")
        return QStringLiteral("vd");
    return bus == u"ide" ? QStringLiteral("hd") : QStringLiteral("sd"); // all others look like SCSI
}

/// With the first letter that is free.
QString freeTarget(const std::vector<KnownElement>& all, const QString& bus)
{
    const QString prefix = targetPrefix(bus);
    for (char letter = 'a'; letter <= 'z'; ++letter) {
        const QString name = prefix + QLatin1Char(letter);
        if (elementOfKey(all, name) == nullptr)
            return name;
    }
    return {};
}

bool isDrive(const DeviceRule& rule)
{
    return qstrcmp(rule.element, "disk") == 0;
}

/// A drive's place on some buses follows from its name, so on another bus it gets another.
QMap<QString, QString> withNameOfBus(
    const KnownElement& drive, const QMap<QString, QString>& asked, const std::vector<KnownElement>& all)
{
    const QString bus = asked.value(QStringLiteral("bus"));
    QMap<QString, QString> values = asked;
    if (!bus.isEmpty() && !asked.contains(QStringLiteral("target")) && !drive.key.startsWith(targetPrefix(bus)))
        values.insert(QStringLiteral("target"), freeTarget(all, bus));
    return values;
}

/// libvirt takes an order of devices or one of kinds of them, not both.
void preferDeviceOrder(const DomainXml& domain, const QMap<QString, QString>& values)
{
    const QString kinds = QStringLiteral("os/boot");
    while (!values.value(QStringLiteral("boot")).isEmpty() && isThere(domain.root(), kinds))
        setPresence(domain.root(), kinds, false);
}

/// In QEMU's range.
QString newMacAddress()
{
    const quint32 random = QRandomGenerator::system()->generate();
    return QStringLiteral("52:54:00:%1:%2:%3")
        .arg(random & 0xffU, 2, 16, QLatin1Char('0'))
        .arg((random >> 8U) & 0xffU, 2, 16, QLatin1Char('0'))
        .arg((random >> 16U) & 0xffU, 2, 16, QLatin1Char('0'));
}

QMap<QString, QString> withUsual(
    const DeviceRule& rule, const QMap<QString, QString>& asked, const std::vector<KnownElement>& all)
{
    QMap<QString, QString> values = asked;
    for (const auto& field : rule.fields) {
        const QString key = QString::fromLatin1(field.key);
        if (*field.initial != '\0' && !values.contains(key))
            values.insert(key, QString::fromLatin1(field.initial));
    }
    const QString kind = QString::fromLatin1(rule.kind);
    if (isDrive(rule) && values.value(QStringLiteral("target")).isEmpty())
        values[QStringLiteral("target")] = freeTarget(all, values.value(QStringLiteral("bus")));
    if (kind == u"nic" && values.value(QStringLiteral("mac")).isEmpty()) // libvirt would give each call another
        values[QStringLiteral("mac")] = newMacAddress();
    if (kind == u"rng" && values.value(QStringLiteral("backend")) != u"random"
        && !asked.contains(QStringLiteral("source")))
        values.remove(QStringLiteral("source"));
    return values;
}

Result<EditedDomain> added(const DomainXml& domain, const HardwareEdit& edit)
{
    const DeviceRule* rule = ruleOfKind(edit.device);
    if (rule == nullptr || !rule->isAddable)
        return noSuchKind(edit.device);
    const auto before = elementsOf(domain);
    xmlNodePtr element = addChild(domain.devices(), rule->element);
    for (const QString& mark : QString::fromLatin1(rule->marks).split(u' ', Qt::SkipEmptyParts))
        setTextAt(element, u'@' + mark.section(u'=', 0, 0), mark.section(u'=', 1));
    if (auto set = setFields(*rule, element, withUsual(*rule, edit.values, before)); !set)
        return std::move(set).error();
    preferDeviceOrder(domain, edit.values);
    if (edit.device == u"shared-folder" && textAt(domain.root(), QStringLiteral("memoryBacking/access@mode")).isEmpty()
        && textAt(element, QStringLiteral("driver@type")) == u"virtiofs")
        (void)setFieldValue(*fieldOf(*ruleOfKind(QStringLiteral("memory")), QStringLiteral("shared-memory")),
            domain.root(), QStringLiteral("yes")); // a flag that is "yes" is always understood
    const QString key = keyOf({ element, rule, {} }, before);
    if (elementOfKey(before, key.section(u'#', 0, 0)) != nullptr && key.contains(u'#'))
        return Error{ ErrorCode::AlreadyExists, "it has a " + key.section(u'#', 0, 0).toStdString() + " already", 0,
            {} };
    return EditedDomain{ domain.toText(), key, elementText(element) };
}

Result<EditedDomain> changed(const DomainXml& domain, const HardwareEdit& edit)
{
    const auto all = elementsOf(domain);
    const KnownElement* known = elementOfKey(all, edit.device);
    if (known == nullptr)
        return noSuchDevice(all, edit.device);
    if (edit.verb == HardwareEdit::Verb::Remove) {
        if (known->rule != nullptr && isPart(*known->rule))
            return Error{ ErrorCode::InvalidArgument, "a machine is nothing without its " + known->key.toStdString(), 0,
                {} };
        const QByteArray old = elementText(known->element);
        removeElement(known->element);
        return EditedDomain{ domain.toText(), known->key, old };
    }
    if (known->rule == nullptr)
        return Error{ ErrorCode::Unsupported, "nothing of a " + elementKind(*known).toStdString() + " can be set here",
            0, "Edit its XML: twinhullctl vm xml --edit NAME" };
    const auto values = isDrive(*known->rule) ? withNameOfBus(*known, edit.values, all) : edit.values;
    if (auto set = setFields(*known->rule, known->element, values); !set)
        return std::move(set).error();
    preferDeviceOrder(domain, values);
    const QByteArray text = isPart(*known->rule) ? QByteArray() : elementText(known->element);
    const QString key = values.value(QLatin1String(known->rule->nameKey), known->key); // it may have a new name
    return EditedDomain{ domain.toText(), key, text };
}

} // namespace

Result<std::vector<HardwareDevice>> hardwareOf(const QByteArray& defined, const QByteArray& running)
{
    const auto definition = DomainXml::parse(defined);
    if (!definition)
        return definition.error();
    std::vector<HardwareDevice> devices;
    const auto own = elementsOf(*definition);
    for (const auto& known : own)
        devices.push_back(describedDevice(known));
    if (running.isEmpty())
        return devices;
    const auto machine = DomainXml::parse(running);
    if (!machine)
        return machine.error();
    const auto active = elementsOf(*machine);
    for (std::size_t i = 0; i < own.size(); ++i) {
        const KnownElement* same = elementOfKey(active, own[i].key);
        if (same == nullptr)
            devices[i].presence = HardwareDevice::Presence::AfterShutdown;
        else if (own[i].rule != nullptr && same->rule == own[i].rule)
            compare(devices[i], *own[i].rule, same->element);
    }
    for (const auto& known : active) {
        if (elementOfKey(own, known.key) != nullptr)
            continue;
        devices.push_back(describedDevice(known));
        devices.back().presence = HardwareDevice::Presence::UntilShutdown;
    }
    return devices;
}

Result<EditedDomain> editedDomain(const QByteArray& xml, const HardwareEdit& edit)
{
    const auto domain = DomainXml::parse(xml);
    if (!domain)
        return domain.error();
    if (edit.verb == HardwareEdit::Verb::Add)
        return added(*domain, edit);
    if (!edit.device.isEmpty())
        return changed(*domain, edit);
    QString part;
    if (auto set = setMachine(*domain, edit.values, part); !set)
        return std::move(set).error();
    return EditedDomain{ domain->toText(), part, {} };
}

std::vector<HardwareDevice> addableHardware()
{
    std::vector<HardwareDevice> all;
    for (const auto& rule : deviceRules()) {
        if (!rule.isAddable)
            continue;
        HardwareDevice device;
        device.kind = QString::fromLatin1(rule.kind);
        device.title = translated(rule.label);
        for (const auto& each : rule.fields) {
            device.fields.push_back(described(each));
            device.fields.back().value = QString::fromLatin1(each.initial);
        }
        all.push_back(std::move(device));
    }
    return all;
}

} // namespace twinhull
