// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/work_definition.h"

#include "core/base/files.h"
#include "core/twin/compared_work.h"
#include "core/twin/work_figure.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <limits>

#include <sys/stat.h>

namespace twinhull {

namespace {

constexpr qsizetype kMostNameCharacters = 40;
constexpr qsizetype kMostSentenceCharacters = 200;
constexpr qsizetype kMostWords = 64;
constexpr qsizetype kMostWordCharacters = 4096;
constexpr qsizetype kMostFiles = 200;
const QString kShipped = QStringLiteral(":/workloads");

Error corrupt(const QString& what)
{
    return Error{ ErrorCode::Corrupt, what.toStdString(), 0,
        "Its keys are name, title, command, prepare, clean_up, figure, needs, caches, awaits_port and failure." };
}

QString quotedKey(const QString& key)
{
    return QStringLiteral("\"%1\"").arg(plainText(key, kMostNameCharacters));
}

/// Reads the keys of one object and remembers the first that is wrong; the others are then empty.
class DefinitionReader {
public:
    explicit DefinitionReader(QJsonObject object) : m_object(std::move(object)) { }

    QString sentence(const QString& key, qsizetype most)
    {
        const QJsonValue value = take(key);
        const QString text = value.toString();
        if (!value.isUndefined() && (text.isEmpty() || plainText(text, most) != text))
            fail(key, QStringLiteral("is no printable text of 1 to %1 characters").arg(most));
        return text;
    }

    QStringList words(const QString& key)
    {
        const QJsonValue value = take(key);
        const QJsonArray array = value.toArray();
        QStringList words;
        for (const auto& word : array.size() <= kMostWords ? array : QJsonArray())
            words << word.toString();
        const bool isGood = !words.isEmpty() && !words.front().isEmpty()
            && std::all_of(array.begin(), array.end(), [](const auto& word) { return word.isString(); })
            && std::none_of(words.begin(), words.end(),
                [](const QString& word) { return word.size() > kMostWordCharacters || word.contains(QChar()); });
        if (!value.isUndefined() && !isGood)
            fail(key, QStringLiteral("is no list of 1 to %1 words").arg(kMostWords));
        return words;
    }

    std::uint16_t port(const QString& key)
    {
        const QJsonValue value = take(key);
        const int number = value.toInt(); // 0 for what is no whole number
        const bool isGood = number > 0 && number <= std::numeric_limits<std::uint16_t>::max();
        if (!value.isUndefined() && !isGood)
            fail(key, QStringLiteral("is no port of 1 to 65535"));
        return isGood ? static_cast<std::uint16_t>(number) : std::uint16_t{ 0 };
    }

    QString pattern(const QString& key)
    {
        const QString text = sentence(key, kMostPatternCharacters);
        if (const auto checked = checkWorkScale({ {}, Better::NotTold, text, {} }); !checked)
            fail(key, QStringLiteral("is no regular expression"));
        return text;
    }

    std::optional<WorkScale> figure(const QString& key)
    {
        const QJsonValue value = take(key);
        if (value.isUndefined())
            return std::nullopt;
        DefinitionReader inner(value.toObject());
        WorkScale scale;
        scale.pattern = inner.sentence(QStringLiteral("pattern"), kMostPatternCharacters);
        scale.unit = inner.sentence(QStringLiteral("unit"), kMostUnitCharacters);
        const QString better = inner.sentence(QStringLiteral("better"), kMostNameCharacters);
        inner.need(QStringLiteral("pattern"), !scale.pattern.isEmpty());
        if (const auto known = betterNamed(better))
            scale.better = *known;
        else
            inner.fail(QStringLiteral("better"), QStringLiteral("is neither \"higher\" nor \"lower\""));
        inner.refuseTheRest();
        if (const auto checked = checkWorkScale(scale); inner.m_problem.isEmpty() && !checked)
            inner.m_problem = QString::fromStdString(checked.error().message);
        if (!inner.m_problem.isEmpty())
            fail(key, QStringLiteral("is not right: %1").arg(inner.m_problem));
        return scale;
    }

    void need(const QString& key, bool isThere)
    {
        if (!isThere)
            fail(key, QStringLiteral("is missing"));
    }

    void refuseTheRest()
    {
        if (!m_object.isEmpty())
            fail(m_object.begin().key(), QStringLiteral("is not known"));
    }

    void fail(const QString& key, const QString& what)
    {
        if (m_problem.isEmpty())
            m_problem = quotedKey(key) + QLatin1Char(' ') + what;
    }

    const QString& problem() const { return m_problem; } ///< empty: none

private:
    QJsonValue take(const QString& key)
    {
        const auto at = m_object.find(key); // take() makes no difference between null and missing
        if (at == m_object.end())
            return QJsonValue(QJsonValue::Undefined);
        const QJsonValue value = *at;
        m_object.erase(at);
        return value;
    }

    QJsonObject m_object;
    QString m_problem;
};

bool isGoodName(const QString& name)
{
    return !name.startsWith(u'-') && std::all_of(name.begin(), name.end(), [](QChar c) {
        return (c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9') || c == u'-';
    });
}

/// A regular file alone: a FIFO of that name would never end.
Result<std::string> readRegular(const std::string& path)
{
    auto file = openPath(path, O_RDONLY | O_NONBLOCK);
    if (!file)
        return std::move(file).error();
    struct stat status { };
    if (::fstat(file->fd(), &status) != 0 || !S_ISREG(status.st_mode))
        return Error{ ErrorCode::Corrupt, path + " is no file", 0, {} };
    return readAll(*file, kWorkDefinitionLimitBytes);
}

void take(WorkDefinitions& all, WorkDefinition definition)
{
    std::erase_if(all.definitions, [&](const auto& other) {
        return other.name == definition.name && other.origin == WorkDefinition::Origin::Shipped;
    });
    all.definitions.push_back(std::move(definition));
}

void readPersons(WorkDefinitions& all, const std::string& folder)
{
    const QDir files(QString::fromStdString(folder), QStringLiteral("*.json"), QDir::Name, QDir::Files | QDir::System);
    QStringList names = files.entryList();
    if (names.size() > kMostFiles) {
        all.refused.push_back(
            Error{ ErrorCode::InvalidArgument, folder + " has more than " + std::to_string(kMostFiles) + " files", 0,
                "Only the first of them are read." });
        names = names.mid(0, kMostFiles);
    }
    for (const QString& name : names) {
        const std::string path = files.filePath(name).toStdString();
        const auto text = readRegular(path);
        auto definition
            = text ? parseWorkDefinition(QByteArray::fromStdString(*text)) : Result<WorkDefinition>(text.error());
        if (definition && all.find(definition->name) != nullptr
            && all.find(definition->name)->origin == WorkDefinition::Origin::Person)
            definition = corrupt(QStringLiteral("the name %1 is taken by another file").arg(definition->name));
        if (!definition) {
            const std::string file = plainText(name, kMostSentenceCharacters).toStdString();
            all.refused.push_back(std::move(definition).error().withContext("workload definition " + file));
            continue;
        }
        definition->origin = WorkDefinition::Origin::Person;
        take(all, *std::move(definition));
    }
}

} // namespace

Result<WorkDefinition> parseWorkDefinition(const QByteArray& json)
{
    QJsonParseError problem;
    const auto document = QJsonDocument::fromJson(json, &problem);
    if (problem.error != QJsonParseError::NoError)
        return corrupt(QStringLiteral("it is no JSON: %1").arg(problem.errorString()));
    if (!document.isObject())
        return corrupt(QStringLiteral("it is no JSON object"));
    DefinitionReader reader(document.object());
    WorkDefinition definition;
    definition.name = reader.sentence(QStringLiteral("name"), kMostNameCharacters);
    definition.title = reader.sentence(QStringLiteral("title"), kMostSentenceCharacters);
    definition.command = reader.words(QStringLiteral("command"));
    definition.prepare = reader.words(QStringLiteral("prepare"));
    definition.cleanUp = reader.words(QStringLiteral("clean_up"));
    definition.figure = reader.figure(QStringLiteral("figure"));
    definition.needs = reader.sentence(QStringLiteral("needs"), kMostSentenceCharacters);
    definition.caches = reader.sentence(QStringLiteral("caches"), kMostSentenceCharacters);
    definition.failure = reader.pattern(QStringLiteral("failure"));
    definition.awaitsPort = reader.port(QStringLiteral("awaits_port"));
    reader.refuseTheRest();
    reader.need(QStringLiteral("name"), !definition.name.isEmpty());
    reader.need(QStringLiteral("title"), !definition.title.isEmpty());
    reader.need(QStringLiteral("command"), !definition.command.isEmpty());
    if (!isGoodName(definition.name))
        reader.fail(QStringLiteral("name"), QStringLiteral("has other characters than a-z, 0-9 and -"));
    if (!definition.name.isEmpty() && checkWorkName(definition.name))
        reader.fail(QStringLiteral("name"), QStringLiteral("is that of a built-in work"));
    if (!reader.problem().isEmpty())
        return corrupt(reader.problem());
    return definition;
}

const WorkDefinition* WorkDefinitions::find(const QString& name) const
{
    const auto at = std::find_if(
        definitions.begin(), definitions.end(), [&](const auto& definition) { return definition.name == name; });
    return at == definitions.end() ? nullptr : &*at;
}

WorkDefinitions readWorkDefinitions(const std::string& folder)
{
    WorkDefinitions all;
    for (const QString& name : QDir(kShipped).entryList(QDir::Files, QDir::Name)) {
        QFile file(kShipped + QLatin1Char('/') + name);
        auto definition = file.open(QIODevice::ReadOnly) ? parseWorkDefinition(file.readAll())
                                                         : Result<WorkDefinition>(corrupt(file.errorString()));
        if (definition)
            all.definitions.push_back(*std::move(definition));
        else // a mistake of ours; a test reads them all
            all.refused.push_back(
                std::move(definition).error().withContext("workload definition " + name.toStdString()));
    }
    readPersons(all, folder);
    std::sort(all.definitions.begin(), all.definitions.end(),
        [](const auto& first, const auto& second) { return first.name < second.name; });
    return all;
}

} // namespace twinhull
