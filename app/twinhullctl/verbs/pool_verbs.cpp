// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/verbs/pool_verbs.h"

#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/verbs/definition_verbs.h"
#include "app/twinhullctl/verbs/image_verbs.h"
#include "core/base/text.h"

#include <QJsonArray>
#include <QJsonObject>

namespace twinhull {

namespace {

struct PoolNames {
    std::vector<std::string> names;

    QStringList list() const
    {
        QStringList all;
        for (const auto& name : names)
            all << QString::fromStdString(name);
        return all;
    }
};

struct PoolMaking {
    std::string name;
    std::string type;
    std::vector<std::string> fields;
    bool isMade = false;
    bool isOverwritten = false;
    bool isNotAutostarted = false;
};

struct PoolSwitch {
    std::string name;
    std::string isOn;
};

QJsonValue figureJson(const std::optional<std::uint64_t>& bytes)
{
    return bytes ? QJsonValue(static_cast<double>(*bytes)) : QJsonValue();
}

QString figureText(const std::optional<std::uint64_t>& bytes)
{
    return bytes ? QString::fromStdString(formatBytes(*bytes)) : Program::tr("needs it to run");
}

QJsonObject poolJson(const MachinePool& pool)
{
    QJsonArray volumes;
    for (const auto& volume : pool.volumes)
        volumes.append(machineVolumeJson(volume));
    return { { QStringLiteral("name"), pool.name }, { QStringLiteral("uuid"), pool.uuid },
        { QStringLiteral("type"), pool.type }, { QStringLiteral("source"), pool.source },
        { QStringLiteral("target"), pool.target }, { QStringLiteral("running"), pool.isRunning },
        { QStringLiteral("persistent"), pool.isPersistent }, { QStringLiteral("autostart"), pool.isAutostarted },
        { QStringLiteral("capacity_bytes"), figureJson(pool.capacityBytes) },
        { QStringLiteral("allocated_bytes"), figureJson(pool.allocatedBytes) },
        { QStringLiteral("available_bytes"), figureJson(pool.availableBytes) },
        { QStringLiteral("trouble"), pool.trouble.isEmpty() ? QJsonValue() : QJsonValue(pool.trouble) },
        { QStringLiteral("next_step"), pool.nextStep.isEmpty() ? QJsonValue() : QJsonValue(pool.nextStep) },
        { QStringLiteral("volumes"), volumes } };
}

void noteTrouble(Program& program, const MachinePool& pool)
{
    if (!pool.trouble.isEmpty())
        program.note(pool.name + QStringLiteral(": ") + pool.trouble
            + (pool.nextStep.isEmpty()
                    ? QString()
                    : Program::tr(". Let them in: twinhullctl pool allow %1 (or %2)").arg(pool.name, pool.nextStep)));
}

void printPools(Program& program, const std::vector<MachinePool>& pools)
{
    QJsonArray array;
    TextTable table(
        { QStringLiteral("NAME"), QStringLiteral("TYPE"), QStringLiteral("STATE"), QStringLiteral("AUTOSTART"),
            QStringLiteral("SIZE"), QStringLiteral("FREE"), QStringLiteral("VOLUMES"), QStringLiteral("WHERE") });
    for (const auto& pool : pools) {
        array.append(poolJson(pool));
        table.add({ pool.name, pool.type, pool.isRunning ? Program::tr("running") : Program::tr("stopped"),
            pool.isAutostarted ? Program::tr("yes") : Program::tr("no"), figureText(pool.capacityBytes),
            figureText(pool.availableBytes),
            pool.isRunning ? QString::number(pool.volumes.size()) : QStringLiteral("–"),
            pool.target.isEmpty() ? pool.source : pool.target });
    }
    if (program.wantsJson()) {
        program.print(QJsonValue(array));
    } else {
        program.print(table.toText());
        for (const auto& pool : pools)
            noteTrouble(program, pool);
    }
    program.finish();
}

void listPools(Program& program, const PoolNames& options)
{
    auto* storage = storageOf(program);
    if (storage == nullptr)
        return;
    const auto pools = std::make_shared<std::vector<MachinePool>>();
    program.run(storage->readPools(options.list(), pools), [&program, pools] { printPools(program, *pools); });
}

void printPool(Program& program, const MachinePool& pool)
{
    if (program.wantsJson()) {
        program.print(QJsonValue(poolJson(pool)));
        program.finish();
        return;
    }
    TextTable facts({ QStringLiteral("POOL"), pool.name });
    const auto fact = [&facts](const QString& name, const QString& value) {
        if (!value.isEmpty())
            facts.add({ name, value });
    };
    fact(Program::tr("type"), pool.type);
    fact(Program::tr("state"), pool.isRunning ? Program::tr("running") : Program::tr("stopped"));
    fact(Program::tr("starts by itself"), pool.isAutostarted ? Program::tr("yes") : Program::tr("no"));
    fact(Program::tr("source"), pool.source);
    fact(Program::tr("target"), pool.target);
    fact(Program::tr("size"), figureText(pool.capacityBytes));
    fact(Program::tr("taken"), figureText(pool.allocatedBytes));
    fact(Program::tr("free"), figureText(pool.availableBytes));
    fact(QStringLiteral("uuid"), pool.uuid);
    program.print(facts.toText());
    if (!pool.volumes.empty())
        program.print(u'\n' + volumesText(pool.volumes));
    noteTrouble(program, pool);
    program.finish();
}

void showPool(Program& program, const PoolNames& options)
{
    auto* storage = storageOf(program);
    if (storage == nullptr)
        return;
    const auto pools = std::make_shared<std::vector<MachinePool>>();
    program.run(storage->readPools(options.list(), pools), [&program, pools] { printPool(program, pools->front()); });
}

void printKinds(Program& program, const std::vector<PoolKind>& kinds)
{
    QJsonArray array;
    TextTable table({ QStringLiteral("TYPE"), QStringLiteral("WHAT"), QStringLiteral("HERE"),
        QStringLiteral("FIELDS ([…] may be left out)") });
    for (const auto& kind : kinds) {
        QJsonArray fields;
        QStringList words;
        for (const auto& field : kind.fields) {
            fields.append(QJsonObject{ { QStringLiteral("key"), field.key }, { QStringLiteral("label"), field.label },
                { QStringLiteral("example"), field.example }, { QStringLiteral("required"), field.isRequired } });
            const QString word = field.key + u'=' + field.example;
            words << (field.isRequired ? word : u'[' + word + u']');
        }
        array.append(QJsonObject{ { QStringLiteral("type"), kind.type }, { QStringLiteral("label"), kind.label },
            { QStringLiteral("supported"), kind.isSupported }, { QStringLiteral("fields"), fields } });
        table.add(
            { kind.type, kind.label, kind.isSupported ? Program::tr("yes") : Program::tr("no"), words.join(u' ') });
    }
    if (program.wantsJson())
        program.print(QJsonValue(array));
    else
        program.print(table.toText());
    program.finish();
}

void listKinds(Program& program, const PoolNames&)
{
    auto* storage = storageOf(program);
    if (storage == nullptr)
        return;
    const auto kinds = std::make_shared<std::vector<PoolKind>>();
    program.run(storage->readPoolKinds(kinds), [&program, kinds] { printKinds(program, *kinds); });
}

Result<PoolWish> wishFrom(const PoolMaking& options)
{
    PoolWish wish{ QString::fromStdString(options.name), QString::fromStdString(options.type), {} };
    for (const auto& word : options.fields) {
        const QString text = QString::fromStdString(word);
        const qsizetype sign = text.indexOf(u'=');
        if (sign < 1)
            return Error{ ErrorCode::InvalidArgument, "\"" + word + "\" is no KEY=VALUE", 0,
                "What each type takes is told by: twinhullctl pool types" };
        wish.fields.insert(text.left(sign), text.mid(sign + 1));
    }
    if (options.isOverwritten)
        wish.making = PoolWish::Making::Overwritten;
    else if (options.isMade)
        wish.making = PoolWish::Making::Empty;
    wish.isAutostarted = !options.isNotAutostarted;
    return wish;
}

void createPool(Program& program, const PoolMaking& options)
{
    const auto wish = wishFrom(options);
    if (!wish) {
        program.fail(wish.error());
        return;
    }
    if (auto* storage = storageOf(program))
        program.run(storage->createPool(*wish), [&program] { program.finish(); });
}

template <PoolChange change>
void changePools(Program& program, const PoolNames& options)
{
    auto* storage = storageOf(program);
    if (storage == nullptr)
        return;
    std::vector<std::unique_ptr<Job>> jobs;
    for (const QString& name : options.list())
        jobs.push_back(storage->changePool(name, change));
    program.runAll(std::move(jobs), [&program] { program.finish(); });
}

void autostartPool(Program& program, const PoolSwitch& options)
{
    const auto change = options.isOn == "on" ? PoolChange::Autostart : PoolChange::NoAutostart;
    if (auto* storage = storageOf(program))
        program.run(
            storage->changePool(QString::fromStdString(options.name), change), [&program] { program.finish(); });
}

void addPoolNamesVerb(
    CLI::App& pool, ChosenVerb& chosen, const char* name, const char* about, void (*act)(Program&, const PoolNames&))
{
    const auto names = std::make_shared<PoolNames>();
    auto* verb = pool.add_subcommand(name, about);
    verb->add_option("NAME", names->names)->required();
    onVerb(*verb, chosen, names, Need::Workloads, act);
}

void addPoolCreateVerb(CLI::App& pool, ChosenVerb& chosen)
{
    const auto making = std::make_shared<PoolMaking>();
    auto* verb = pool.add_subcommand("create", "defines a pool, makes its folder where that is missing, starts it");
    verb->add_option("NAME", making->name)->required();
    verb->add_option("TYPE", making->type, "dir, fs, netfs, logical, disk, iscsi …: `pool types`")->required();
    verb->add_option("KEY=VALUE", making->fields, "target=/srv/machines; what each type takes: `pool types`");
    verb->add_flag(
        "--build", making->isMade, "make the file system, volume group or partition table; refused where there is one");
    verb->add_flag("--overwrite", making->isOverwritten, "make it, and lose what is there");
    verb->add_flag("--no-autostart", making->isNotAutostarted, "do not start it with libvirt");
    onVerb(*verb, chosen, making, Need::Workloads, &createPool);
}

} // namespace

MachineStorage* storageOf(Program& program)
{
    if (const auto available = program.vms()->availability(); !available) {
        program.fail(available.error());
        return nullptr;
    }
    return &program.vms()->storage();
}

void addPoolVerbs(CLI::App& app, ChosenVerb& chosen)
{
    auto* pool = app.add_subcommand("pool", "storage pools of virtual machines and the volumes in them");
    pool->require_subcommand(1);
    pool->fallthrough();
    const auto names = std::make_shared<PoolNames>();
    auto* list = pool->add_subcommand("list", "what there is, how much room it has, and what keeps VMs from it");
    list->add_option("NAME", names->names, "all by default");
    onVerb(*list, chosen, names, Need::Workloads, &listPools);
    const auto one = std::make_shared<PoolNames>();
    auto* info = pool->add_subcommand("info", "all of a pool: its volumes, and who uses each");
    info->add_option("NAME", one->names)->required()->expected(1);
    onVerb(*info, chosen, one, Need::Workloads, &showPool);
    onVerb(*pool->add_subcommand("types", "kinds of pools, what each takes, and which this libvirt has"), chosen,
        std::make_shared<PoolNames>(), Need::Workloads, &listKinds);
    addPoolCreateVerb(*pool, chosen);
    addPoolNamesVerb(*pool, chosen, "start", "makes what is in it usable", &changePools<PoolChange::Start>);
    addPoolNamesVerb(*pool, chosen, "stop", "pools whose volumes no running VM uses", &changePools<PoolChange::Stop>);
    addPoolNamesVerb(*pool, chosen, "refresh", "looks again what is in it", &changePools<PoolChange::Refresh>);
    addPoolNamesVerb(*pool, chosen, "delete", "the definition; what is in it stays", &changePools<PoolChange::Delete>);
    addPoolNamesVerb(*pool, chosen, "allow", "lets who VMs run as come to what is in it, by access lists",
        &changePools<PoolChange::LetIn>);
    const auto starting = std::make_shared<PoolSwitch>();
    auto* autostart = pool->add_subcommand("autostart", "whether it starts with libvirt");
    autostart->add_option("NAME", starting->name)->required();
    autostart->add_option("on|off", starting->isOn)->required()->check(CLI::IsMember({ "on", "off" }));
    onVerb(*autostart, chosen, starting, Need::Workloads, &autostartPool);
    addDefinitionVerb(
        *pool, chosen, { "pool", [](Program& program) -> NamedDefinitions* { return storageOf(program); } });
    addPoolVolumeVerbs(*pool, chosen);
}

} // namespace twinhull
