// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/told_event.h"

#include "app/twinhullctl/workload_text.h"
#include "core/workload/journal_words.h"

#include <QDateTime>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>

namespace twinhull {

namespace {

constexpr std::size_t kMostPastEvents = 100'000;
constexpr std::int64_t kSameMomentMilliseconds = 5'000; ///< the window and the monitor told one thing
constexpr qsizetype kLeastIdLength = 4;

const std::array<QString, 5> kEventTypes{ QStringLiteral("container"), QStringLiteral("vm"), QStringLiteral("image"),
    QStringLiteral("volume"), QStringLiteral("network") };

/// Names of others, for a terminal.
QString onOneLine(QString text)
{
    for (QChar& c : text) {
        if (c.category() == QChar::Other_Control || c.category() == QChar::Other_Format)
            c = u'?';
    }
    return text;
}

/// "alpine" is "docker.io/library/alpine:latest", too.
bool isNamed(const ToldEvent& event, const QString& wanted)
{
    if (event.name == wanted || (wanted.size() >= kLeastIdLength && event.id.startsWith(wanted)))
        return true;
    if (event.type != kEventTypes[2])
        return false;
    const QString last = event.name.section(u'/', -1);
    return last == wanted || last.section(u':', 0, 0) == wanted
        || (wanted.size() >= kLeastIdLength && event.id.startsWith(QStringLiteral("sha256:") + wanted))
        || event.name.endsWith(u'/' + wanted) || event.name.section(u':', 0, -2).endsWith(u'/' + wanted);
}

/// The window marks a start, however it began.
bool isSameAction(const ToldEvent& ofJournal, const ToldEvent& marked)
{
    return ofJournal.action == marked.action
        || (ofJournal.action == QLatin1String("restore")
            && marked.action == journalWordOf(WorkloadEventKind::Started, WorkloadKind::Container));
}

/// Those of the window's that the journal does not tell.
Result<std::vector<ToldEvent>> markedEvents(
    const std::string& path, const HistorySpan& span, const std::vector<ToldEvent>& journal)
{
    std::vector<ToldEvent> marked;
    const auto database = HistoryDatabase::open(path, HistoryDatabase::Access::Read);
    if (!database) // nothing where no window ever ran
        return database.error().code == ErrorCode::NotFound ? Result(marked) : database.error();
    const auto workloads = (*database)->workloads();
    if (!workloads)
        return workloads.error();
    QMap<QString, std::vector<const ToldEvent*>> ofContainer;
    for (const auto& event : journal) {
        if (event.type == kEventTypes[0])
            ofContainer[event.id].push_back(&event);
    }
    for (const auto& workload : *workloads) {
        const auto events = (*database)->events(workload.id, span, kMostPastEvents);
        if (!events)
            return events.error();
        const auto known = ofContainer.value(workload.id.key);
        for (const auto& event : *events) {
            const auto told = toldEvent(workload.id, workload.name, event.wallMilliseconds, event.kind);
            const auto isSame = [&told](const ToldEvent* other) {
                return isSameAction(*other, told)
                    && std::llabs(other->wallMilliseconds - told.wallMilliseconds) < kSameMomentMilliseconds;
            };
            if (std::none_of(known.begin(), known.end(), isSame))
                marked.push_back(told);
        }
    }
    return marked;
}

} // namespace

ToldEvent toldEvent(const JournalEvent& event)
{
    ToldEvent told{ event.wallMilliseconds, QString::fromStdString(event.type), QString::fromStdString(event.action),
        QString::fromStdString(event.id), QString::fromStdString(event.name) };
    for (const auto& [key, value] : event.attributes)
        told.attributes.insert(QString::fromStdString(key), QString::fromStdString(value));
    return told;
}

ToldEvent toldEvent(const WorkloadId& id, const QString& name, std::int64_t wallMilliseconds, WorkloadEventKind kind)
{
    return { wallMilliseconds, textOf(id.kind), journalWordOf(kind, id.kind), id.key, name };
}

Result<EventFilter> EventFilter::parse(const std::vector<std::string>& texts)
{
    EventFilter filter;
    for (const auto& each : texts) {
        const QString text = QString::fromStdString(each);
        const QString key = text.section(u'=', 0, 0);
        const bool isType = std::find(kEventTypes.begin(), kEventTypes.end(), key) != kEventTypes.end();
        const QString value = text.section(u'=', 1);
        if ((!isType && key != u"type" && key != u"event") || value.isEmpty())
            return Error{ ErrorCode::InvalidArgument, "filter " + each + ": not KEY=VALUE with a known key", 0,
                "Keys are type, event, container, vm, image, volume and network: --filter event=died" };
        filter.add(key, value);
    }
    return filter;
}

bool EventFilter::fits(const ToldEvent& event) const
{
    QStringList named;
    bool isOfKind = false;
    bool hasNames = false;
    for (auto each = m_values.begin(); each != m_values.end(); ++each) {
        if (each.key() == u"type") {
            if (!each.value().contains(event.type))
                return false;
        } else if (each.key() == u"event") {
            if (!each.value().contains(event.action))
                return false;
        } else if (each.key() == kAnyName) {
            named = each.value();
        } else {
            hasNames = true;
            const auto isIt = [&event](const QString& wanted) { return isNamed(event, wanted); };
            isOfKind
                = isOfKind || (each.key() == event.type && std::any_of(each.value().begin(), each.value().end(), isIt));
        }
    }
    const auto isIt = [&event](const QString& wanted) { return isNamed(event, wanted); };
    return (!hasNames || isOfKind) && (named.isEmpty() || std::any_of(named.begin(), named.end(), isIt));
}

Result<std::vector<ToldEvent>> pastEvents(
    const DataFolders& folders, const HistorySpan& span, const std::vector<JournalEvent>& journal)
{
    std::vector<ToldEvent> all;
    for (const auto& event : journal)
        all.push_back(toldEvent(event));
    auto marked = markedEvents(folders.history(), span, all);
    if (!marked)
        return std::move(marked).error();
    std::erase_if(all, [&span](const ToldEvent& event) {
        return event.wallMilliseconds < span.fromMilliseconds || event.wallMilliseconds >= span.toMilliseconds;
    });
    all.insert(all.end(), std::make_move_iterator(marked->begin()), std::make_move_iterator(marked->end()));
    std::stable_sort(
        all.begin(), all.end(), [](const auto& a, const auto& b) { return a.wallMilliseconds < b.wallMilliseconds; });
    return all;
}

QString eventLine(const ToldEvent& event)
{
    QStringList details;
    for (auto each = event.attributes.begin(); each != event.attributes.end(); ++each)
        details << each.key() + u'=' + each.value();
    const QDateTime time = QDateTime::fromMSecsSinceEpoch(event.wallMilliseconds);
    const QString line
        = QStringLiteral("%1  %2  %3  %4")
              .arg(time.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")), event.type, event.name, event.action);
    return onOneLine(
        details.isEmpty() ? line : line + QStringLiteral("  (%1)").arg(details.join(QStringLiteral(", "))));
}

QJsonObject toJson(const ToldEvent& event)
{
    const QDateTime time = QDateTime::fromMSecsSinceEpoch(event.wallMilliseconds);
    QJsonObject json{ { QStringLiteral("time"), time.toUTC().toString(Qt::ISODateWithMs) },
        { QStringLiteral("time_ms"), static_cast<double>(event.wallMilliseconds) },
        { QStringLiteral("event"), event.action }, { QStringLiteral("name"), event.name },
        { QStringLiteral("type"), event.type }, { QStringLiteral("id"), event.id } };
    if (event.type == kEventTypes[0] || event.type == kEventTypes[1])
        json.insert(QStringLiteral("kind"), event.type); // as elsewhere
    QJsonObject attributes;
    for (auto each = event.attributes.begin(); each != event.attributes.end(); ++each)
        attributes.insert(each.key(), each.value());
    json.insert(QStringLiteral("attributes"), attributes);
    return json;
}

} // namespace twinhull
