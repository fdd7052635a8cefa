// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/agent_command.h"
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/inside_place.h"
#include "app/twinhullctl/running_workload.h"
#include "app/twinhullctl/text_table.h"
#include "core/copy/inside_files.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonObject>
#include <QTimeZone>

namespace twinhull {

namespace {

struct ListFilesOptions {
    std::string place;
    std::string kind;
};

QLatin1String wordOf(ListedKind kind)
{
    switch (kind) {
    case ListedKind::File:
        return QLatin1String("file");
    case ListedKind::Folder:
        return QLatin1String("folder");
    case ListedKind::Link:
        return QLatin1String("link");
    case ListedKind::Fifo:
        return QLatin1String("fifo");
    case ListedKind::Socket:
        return QLatin1String("socket");
    case ListedKind::CharacterDevice:
        return QLatin1String("character-device");
    case ListedKind::BlockDevice:
        return QLatin1String("block-device");
    }
    return QLatin1String("file");
}

QString momentOf(const ListedFile& file)
{
    return QDateTime::fromSecsSinceEpoch(file.attributes.modifiedSeconds, Qt::UTC).toString(Qt::ISODate);
}

/// A name that is no UTF-8 comes in base64 as well: what is shown of it does not tell it.
QJsonObject fileJson(const ListedFile& file)
{
    const auto bytes = QByteArray::fromStdString(file.name);
    QJsonObject json{ { QStringLiteral("name"), shownFileName(file.name) },
        { QStringLiteral("kind"), wordOf(file.kind) }, { QStringLiteral("bytes"), static_cast<double>(file.bytes) },
        { QStringLiteral("mode"), QString::number(file.attributes.permissions, 8).rightJustified(4, u'0') },
        { QStringLiteral("uid"), static_cast<double>(file.attributes.uid) },
        { QStringLiteral("gid"), static_cast<double>(file.attributes.gid) },
        { QStringLiteral("modified_at"), momentOf(file) } };
    if (shownFileName(file.name).toUtf8() != bytes)
        json[QStringLiteral("name_base64")] = QString::fromLatin1(bytes.toBase64());
    if (file.kind == ListedKind::Link)
        json[QStringLiteral("target")] = shownFileName(file.linkTarget);
    return json;
}

void printFolder(Program& program, const InsideFolder& folder, const std::string& asked)
{
    std::vector<ListedFile> files = folder.files;
    if (folder.self.kind != ListedKind::Folder) {
        files = { folder.self };
        files.front().name = asked;
    }
    QJsonArray array;
    TextTable table({ QStringLiteral("MODE"), QStringLiteral("OWNER"), QStringLiteral("SIZE"),
        QStringLiteral("MODIFIED"), QStringLiteral("NAME") });
    for (const auto& file : files) {
        array.append(fileJson(file));
        QString name = shownFileName(file.name);
        if (file.kind == ListedKind::Link)
            name += QStringLiteral(" -> ") + shownFileName(file.linkTarget);
        table.add({ shownPermissions(file), QStringLiteral("%1:%2").arg(file.attributes.uid).arg(file.attributes.gid),
            QString::number(file.bytes), momentOf(file), name });
    }
    if (folder.isCut)
        program.note(Program::tr("There are more: the first %1 are shown").arg(kMostListed));
    if (program.wantsJson())
        program.print(QJsonValue(array));
    else
        program.print(table.toText());
    program.finish();
}

InsidePlace listedPlace(const ListFilesOptions& options)
{
    InsidePlace place = insidePlaceOf(options.place);
    if (place.name.empty()) // a name alone
        std::swap(place.name, place.path);
    if (place.path.empty())
        place.path = "/";
    return place;
}

void listFiles(Program& program, const ListFilesOptions& options)
{
    const InsidePlace place = listedPlace(options);
    withFiles(program, { place.name, options.kind }, "list files of",
        [path = place.path](Program& ready, const WorkloadInfo& info) {
            auto* runner = dynamic_cast<CommandRunner*>(ready.registry().provider(info.id.kind));
            if (runner == nullptr)
                return ready.fail(Error{ ErrorCode::Unsupported, "nothing can be run in it", 0, {} });
            if (isForeignMachine(ready, info))
                return ready.fail(Error{ ErrorCode::Unsupported, "qemu-guest-agent cannot list files", 0,
                    "Run what lists them inside: twinhullctl exec " + info.name.toStdString() + " ls -l PATH" });
            const auto folder = std::make_shared<InsideFolder>();
            ready.run(InsideFiles(*runner, info.id, info.name).list(path, folder),
                [&ready, folder, path] { printFolder(ready, *folder, path); });
        });
}

} // namespace

void addListFilesVerb(CLI::App& app, ChosenVerb& chosen)
{
    const auto options = std::make_shared<ListFilesOptions>();
    auto* verb = app.add_subcommand("ls", "the files in a folder of a container or a running VM: ls NAME:PATH");
    verb->footer(
        "The path is resolved inside, as root there, so no link leads out. Names may hold anything: what is no "
        "UTF-8 or would move the cursor is shown as \\xNN or \\u{NNNN}. Of a stopped container its layers, volumes and "
        "binds are shown.");
    verb->add_option("--kind", options->kind, "container or vm; else the container, where both bear the name");
    verb->add_option("PLACE", options->place, "NAME:PATH; without a path its /")->required();
    verb->callback([&chosen, options] {
        chosen = { options->kind == "vm" ? Need::Workloads : Need::Containers,
            [options](Program& program) { listFiles(program, *options); }, OthersChanges::Ignored,
            { listedPlace(*options).name } };
    });
}

} // namespace twinhull
