// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_info.h"
#include "ui/page/app_context.h"

#include <QJsonObject>
#include <QSet>
#include <QTreeWidget>

namespace twinhull {

/// Everything that is known about a workload, to read and to copy: its fields, and of a container what its files say as
/// a tree. The files are read on another thread, anew with each change.
class InspectTab : public QTreeWidget {
    Q_OBJECT

public:
    explicit InspectTab(AppContext& context, QWidget* parent = nullptr);

    void present(const WorkloadInfo& info);

protected:
    void keyPressEvent(QKeyEvent* event) override; ///< copies the value, of a branch as JSON

private:
    void presentFields(const WorkloadInfo& info);
    void readDocuments();
    void presentDocuments(const QJsonObject& documents);
    void rememberOpenBranches();
    QTreeWidgetItem* addBranch(
        QTreeWidgetItem* parent, const QString& name, const QJsonValue& value, const QString& path);

    AppContext& m_context;
    WorkloadInfo m_info;
    QJsonObject m_documents; ///< as shown
    int m_reading = 0; ///< the latest that was begun
    QList<QTreeWidgetItem*> m_fields;
    QSet<QString> m_open; ///< paths of branches that the person unfolded
};

} // namespace twinhull
