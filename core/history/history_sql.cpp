// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/history_sql.h"

#include <QSqlDatabase>
#include <QSqlError>

#include <atomic>

namespace twinhull {

namespace {

constexpr int kBusyMilliseconds = 5000; ///< another window may be writing

/// Result codes of SQLite (sqlite.org/rescode.html); the extended ones have them in their low byte.
ErrorCode codeOf(int native)
{
    switch (native & 0xff) {
    case 5: // SQLITE_BUSY
    case 6: // SQLITE_LOCKED
        return ErrorCode::Busy;
    case 8: // SQLITE_READONLY
    case 3: // SQLITE_PERM
        return ErrorCode::PermissionDenied;
    case 11: // SQLITE_CORRUPT
    case 26: // SQLITE_NOTADB
        return ErrorCode::Corrupt;
    case 13: // SQLITE_FULL
        return ErrorCode::OutOfSpace;
    default:
        return ErrorCode::Io;
    }
}

} // namespace

HistorySql::HistorySql(std::string path, const QString& options) : m_path(std::move(path))
{
    static std::atomic<int> made = 0;
    m_connection = QStringLiteral("history-%1").arg(++made);
    auto database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), m_connection);
    database.setDatabaseName(QString::fromStdString(m_path));
    database.setConnectOptions(QStringLiteral("QSQLITE_BUSY_TIMEOUT=%1").arg(kBusyMilliseconds)
        + (options.isEmpty() ? QString() : QLatin1Char(';') + options));
}

HistorySql::~HistorySql()
{
    m_prepared.clear();
    QSqlDatabase::database(m_connection, false).close();
    QSqlDatabase::removeDatabase(m_connection);
}

Error HistorySql::errorOf(const QSqlError& error) const
{
    const QString text = error.databaseText().isEmpty() ? error.driverText() : error.databaseText();
    return Error{ codeOf(error.nativeErrorCode().toInt()), "history " + m_path + ": " + text.toStdString(), 0, {} };
}

Result<> HistorySql::open()
{
    auto database = QSqlDatabase::database(m_connection, false);
    if (!database.isValid())
        return Error{ ErrorCode::Unavailable, "history: Qt's driver for SQLite is missing", 0,
            "Install it: Debian's package is libqt6sql6-sqlite" };
    return database.open() ? Result<>() : errorOf(database.lastError());
}

Result<QSqlQuery> HistorySql::run(const QString& statement, const QVariantList& values) const
{
    QSqlQuery query(QSqlDatabase::database(m_connection, false));
    query.setForwardOnly(true);
    if (!query.prepare(statement))
        return errorOf(query.lastError());
    for (const QVariant& value : values)
        query.addBindValue(value);
    if (!query.exec())
        return errorOf(query.lastError());
    return query;
}

Result<int> HistorySql::repeat(const QString& statement, const QVariantList& values)
{
    auto place = m_prepared.find(statement);
    if (place == m_prepared.end()) {
        QSqlQuery made(QSqlDatabase::database(m_connection, false));
        made.setForwardOnly(true);
        if (!made.prepare(statement))
            return errorOf(made.lastError());
        place = m_prepared.emplace(statement, std::move(made)).first;
    }
    QSqlQuery& query = place->second;
    for (qsizetype i = 0; i < values.size(); ++i)
        query.bindValue(static_cast<int>(i), values[i]);
    if (!query.exec())
        return errorOf(query.lastError());
    const int number = query.isSelect() && query.next() ? query.value(0).toInt() : 0;
    query.finish();
    return number;
}

} // namespace twinhull
