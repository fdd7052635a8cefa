// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QSqlQuery>
#include <QString>
#include <QVariant>

#include <map>
#include <string>

namespace twinhull {

/// One connection of QtSql to one SQLite file, under a name of its own. One thread.
class HistorySql {
public:
    /// `options` of QSQLITE: "QSQLITE_OPEN_READONLY". The file is opened by the first statement.
    HistorySql(std::string path, const QString& options);
    ~HistorySql();

    HistorySql(const HistorySql&) = delete;
    HistorySql& operator=(const HistorySql&) = delete;

    Result<> open();
    /// Runs one statement whose values are bound in order.
    Result<QSqlQuery> run(const QString& statement, const QVariantList& values = {}) const;
    /// The same of a statement that is run again and again, which is kept prepared. The first number it returns, else
    /// 0.
    Result<int> repeat(const QString& statement, const QVariantList& values);
    /// Runs `work` as one transaction: what failed, or returns an error, leaves nothing behind.
    template <typename Work>
    Result<> atomically(const Work& work) const
    {
        if (auto begun = run(QStringLiteral("BEGIN IMMEDIATE")); !begun)
            return std::move(begun).error();
        Result<> done = work();
        auto ended = run(done ? QStringLiteral("COMMIT") : QStringLiteral("ROLLBACK"));
        if (!ended && done) {
            (void)run(QStringLiteral("ROLLBACK")); // a commit that failed may have left it open
            return std::move(ended).error();
        }
        return done;
    }

private:
    Error errorOf(const QSqlError& error) const;

    std::string m_path;
    QString m_connection;
    std::map<QString, QSqlQuery> m_prepared;
};

} // namespace twinhull
