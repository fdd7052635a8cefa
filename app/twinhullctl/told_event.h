// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/history/history_database.h"
#include "core/ipc/event_journal.h"
#include "core/workload/workload_event.h"

#include <QJsonObject>
#include <QMap>

namespace twinhull {

/// One event as it is told: of the journal, or of what the window marked on its time axis.
struct ToldEvent {
    std::int64_t wallMilliseconds = 0;
    QString type; ///< "container", "vm", "image", "volume", "network"
    QString action; ///< "start", "died" …
    QString id;
    QString name;
    QMap<QString, QString> attributes = {};
};

ToldEvent toldEvent(const JournalEvent& event);
ToldEvent toldEvent(const WorkloadId& id, const QString& name, std::int64_t wallMilliseconds, WorkloadEventKind kind);

/// Which ones are meant: of the same key one must fit, of different keys each (podman's rule); what names a thing is
/// one key, whatever its type, because an event is of one type alone.
class EventFilter {
public:
    static inline const QString kAnyName = QStringLiteral("name"); ///< a key for add(): of whatever type

    /// "type=image", "event=start", "container=web", "image=…", "volume=…", "network=…", "vm=…". InvalidArgument.
    static Result<EventFilter> parse(const std::vector<std::string>& texts);
    void add(const QString& key, const QString& value) { m_values[key] << value; }
    bool fits(const ToldEvent& event) const;

private:
    QMap<QString, QStringList> m_values;
};

/// All that is kept of that span, oldest first: the journal's, as it was read, and of the window's history what is not
/// in it.
Result<std::vector<ToldEvent>> pastEvents(
    const DataFolders& folders, const HistorySpan& span, const std::vector<JournalEvent>& journal);

/// One line each.
QString eventLine(const ToldEvent& event);
QJsonObject toJson(const ToldEvent& event);

} // namespace twinhull
