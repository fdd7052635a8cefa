// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/verbs/work_list.h"

#include "app/twinhullctl/text_table.h"
#include "core/twin/compared_work.h"
#include "core/twin/work_figure.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonObject>

namespace twinhull {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("WorkList", text);
}

struct Line {
    QString name;
    QString meaning;
    QString origin;
    std::optional<WorkScale> scale;
    QString needs;
};

std::vector<Line> linesOf(const WorkDefinitions& known)
{
    const QString builtIn = QStringLiteral("built-in");
    std::vector<Line> lines{
        { QStringLiteral("image"), tr("the request that the image's label names, else rest"), builtIn, {}, {} },
        { QStringLiteral("idle"), tr("rest"), builtIn, {}, {} },
        { QStringLiteral("http:PORT/PATH"), tr("one HTTP request, answered in full"), builtIn, {}, {} },
        { QStringLiteral("http-rate:PORT/PATH"), tr("HTTP requests for 5 s, one after the other"), builtIn,
            WorkScale{ QStringLiteral("requests/s"), Better::Higher, {} }, {} },
    };
    for (const WorkChoice& choice : workChoices())
        lines.push_back({ choice.name, choice.meaning, builtIn, choice.scale, {} });
    for (const WorkDefinition& definition : known.definitions)
        lines.push_back({ definition.name, definition.title,
            definition.origin == WorkDefinition::Origin::Person ? QStringLiteral("own") : QStringLiteral("shipped"),
            definition.figure, definition.needs });
    return lines;
}

QJsonValue textOrNull(const QString& text)
{
    return text.isEmpty() ? QJsonValue() : QJsonValue(text);
}

QJsonArray toJson(const std::vector<Line>& lines)
{
    QJsonArray array;
    for (const Line& line : lines)
        array.append(QJsonObject{ { QStringLiteral("name"), line.name }, { QStringLiteral("meaning"), line.meaning },
            { QStringLiteral("origin"), line.origin },
            { QStringLiteral("unit"), line.scale ? textOrNull(line.scale->unit) : QJsonValue() },
            { QStringLiteral("better"), line.scale ? textOrNull(nameOf(line.scale->better)) : QJsonValue() },
            { QStringLiteral("needs"), textOrNull(line.needs) } });
    return array;
}

QString toText(const std::vector<Line>& lines)
{
    TextTable table({ tr("NAME"), tr("FROM"), tr("NEEDS"), tr("FIGURE"), tr("WHAT IT DOES") });
    for (const Line& line : lines)
        table.add({ line.name, line.origin, line.needs.isEmpty() ? QStringLiteral("-") : line.needs,
            line.scale && !line.scale->unit.isEmpty() ? line.scale->unit : QStringLiteral("-"), line.meaning });
    return table.toText();
}

} // namespace

void listWorkloads(Program& program)
{
    const auto known = readWorkDefinitions(program.folders().workloads());
    for (const Error& error : known.refused)
        program.note(QString::fromStdString(error.toLine()));
    const auto lines = linesOf(known);
    if (program.wantsJson())
        program.print(QJsonValue(toJson(lines)));
    else
        program.print(toText(lines));
    program.finish();
}

} // namespace twinhull
