// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/workload_text.h"
#include "core/containers/container_diff.h"

#include <QJsonArray>

#include <algorithm>

namespace twinhull {

namespace {

struct DiffOptions {
    std::string name;
};

QLatin1String kindWord(LayerChange::Kind kind)
{
    switch (kind) {
    case LayerChange::Kind::Added:
        return QLatin1String("added");
    case LayerChange::Kind::Changed:
        return QLatin1String("changed");
    case LayerChange::Kind::Removed:
        return QLatin1String("removed");
    }
    return QLatin1String("changed");
}

/// For a terminal: a name of a stranger's may hold anything.
QString shownPath(const std::string& path)
{
    QString text = QString::fromStdString(path);
    std::replace_if(
        text.begin(), text.end(), [](QChar c) { return !c.isPrint(); }, QChar(u'?'));
    return text;
}

void printChanges(Program& program, const std::vector<LayerChange>& changes)
{
    QJsonArray all;
    QString lines;
    for (const auto& change : changes) {
        const QLatin1String word = kindWord(change.kind);
        if (program.wantsJson())
            all.append(QJsonObject{
                { QStringLiteral("change"), word }, { QStringLiteral("path"), QString::fromStdString(change.path) } });
        else
            lines += (change.kind == LayerChange::Kind::Removed ? QChar(u'D') : QChar(word.at(0)).toUpper())
                + QStringLiteral(" ") + shownPath(change.path) + u'\n';
    }
    if (program.wantsJson())
        program.print(QJsonValue(all));
    else
        program.print(lines);
    program.finish();
}

void diff(Program& program, const DiffOptions& options)
{
    const auto found = findEach(program.registry(), { options.name }, WorkloadKind::Container);
    if (!found) {
        program.fail(found.error());
        return;
    }
    const auto& info = found->front();
    const auto changes = std::make_shared<std::vector<LayerChange>>();
    program.run(containerDiffJob(info.name, ContainerFolder(program.folders(), info.id.key.toStdString()), changes),
        [&program, changes] { printChanges(program, *changes); });
}

} // namespace

void addDiffVerb(CLI::App& app, ChosenVerb& chosen)
{
    const auto options = std::make_shared<DiffOptions>();
    auto* verb = app.add_subcommand(
        "diff", "what a container added (A), changed (C) and removed (D) against its image, by path");
    verb->add_option("NAME", options->name, "name, id or the beginning of an id")->required();
    verb->callback([&chosen, options] {
        chosen = { Need::Containers, [options](Program& program) { diff(program, *options); }, OthersChanges::Ignored,
            { options->name } };
    });
}

} // namespace twinhull
