// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/inspect_tab.h"

#include "core/workload/container_documents.h"
#include "ui/details/inspect_rows.h"
#include "ui/theme/theme.h"

#include <QClipboard>
#include <QCoreApplication>
#include <QGuiApplication>
#include <QHeaderView>
#include <QJsonArray>
#include <QJsonDocument>
#include <QKeyEvent>
#include <QPointer>
#include <QTextDocument>
#include <QThreadPool>

namespace twinhull {

namespace {

constexpr int kNameWidth = 248;
constexpr int kIndentation = 14;
constexpr int kPathRole = Qt::UserRole;
constexpr int kValueRole = Qt::UserRole + 1; ///< QJsonValue of a branch
constexpr int kNameColumn = 0;
constexpr int kValueColumn = 1;

QString leafText(const QJsonValue& value)
{
    if (value.isBool())
        return value.toBool() ? QStringLiteral("true") : QStringLiteral("false");
    return value.toVariant().toString();
}

/// Of a branch: how much is in it.
QString branchText(const QJsonValue& value)
{
    return value.isArray() ? QStringLiteral("[%1]").arg(value.toArray().size())
                           : QStringLiteral("{%1}").arg(value.toObject().size());
}

bool isBranch(const QJsonValue& value)
{
    return (value.isObject() && !value.toObject().isEmpty()) || (value.isArray() && !value.toArray().isEmpty());
}

QString jsonText(const QJsonValue& value)
{
    const QJsonDocument document = value.isArray() ? QJsonDocument(value.toArray()) : QJsonDocument(value.toObject());
    return QString::fromUtf8(document.toJson());
}

void setRow(QTreeWidgetItem& item, const QString& name, const QString& value)
{
    item.setText(kNameColumn, name);
    item.setToolTip(kNameColumn, Qt::convertFromPlainText(name));
    item.setForeground(kNameColumn, Theme::current().color(ThemeColor::TextMuted));
    item.setText(kValueColumn, value);
    item.setToolTip(kValueColumn, Qt::convertFromPlainText(value));
}

} // namespace

InspectTab::InspectTab(AppContext& context, QWidget* parent) : QTreeWidget(parent), m_context(context)
{
    setObjectName(QStringLiteral("inspectTree"));
    setAccessibleName(tr("All fields"));
    setColumnCount(2);
    setHeaderLabels({ tr("Field"), tr("Value") });
    header()->hide();
    header()->setStretchLastSection(true);
    setColumnWidth(kNameColumn, kNameWidth);
    setUniformRowHeights(true);
    setIndentation(kIndentation);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setProperty("figures", true);
}

void InspectTab::present(const WorkloadInfo& info)
{
    const bool isOther = info.id != m_info.id;
    const bool isNews = !(info == m_info);
    m_info = info;
    if (isOther) {
        clear();
        m_fields.clear();
        m_documents = {};
        m_open.clear();
    }
    presentFields(info);
    if (isNews && info.id.kind == WorkloadKind::Container)
        readDocuments();
}

void InspectTab::presentFields(const WorkloadInfo& info)
{
    const auto rows = inspectRows(info);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto index = static_cast<qsizetype>(i);
        if (index == m_fields.size()) {
            m_fields << new QTreeWidgetItem;
            insertTopLevelItem(static_cast<int>(index), m_fields.back());
        }
        setRow(*m_fields[index], rows[i].first, rows[i].second);
    }
}

void InspectTab::readDocuments()
{
    QThreadPool::globalInstance()->start(
        [self = QPointer<InspectTab>(this), folders = m_context.folders, id = m_info.id, reading = ++m_reading] {
            const QJsonObject documents = containerDocuments(folders, id.key, true);
            QMetaObject::invokeMethod(QCoreApplication::instance(), [self, documents, id, reading] {
                if (self && self->m_info.id == id && self->m_reading == reading) // no later one was begun
                    self->presentDocuments(documents);
            });
        });
}

void InspectTab::rememberOpenBranches()
{
    m_open.clear();
    for (QTreeWidgetItemIterator it(this); *it != nullptr; ++it) {
        if ((*it)->isExpanded())
            m_open.insert((*it)->data(kNameColumn, kPathRole).toString());
    }
}

void InspectTab::presentDocuments(const QJsonObject& documents)
{
    if (documents == m_documents)
        return;
    rememberOpenBranches();
    m_documents = documents;
    while (topLevelItemCount() > m_fields.size())
        delete takeTopLevelItem(topLevelItemCount() - 1);
    const std::pair<const char*, QString> parts[] = {
        { "settings", tr("Settings") },
        { "run", tr("Run") },
        { "latest_exit", tr("Latest end") },
        { "health_checks", tr("Health checks") },
        { "root", tr("Root file system") },
        { "config", tr("OCI configuration") },
        { "folder", tr("Folder") },
        { "writable_layer", tr("Writable layer") },
        { "config_path", tr("File of the OCI configuration") },
    };
    for (const auto& [key, title] : parts) {
        const QJsonValue value = documents[QLatin1String(key)];
        if (!value.isNull() && !value.isUndefined())
            addTopLevelItem(addBranch(nullptr, title, value, QLatin1String(key)));
    }
    for (QTreeWidgetItemIterator it(this); *it != nullptr; ++it)
        (*it)->setExpanded(m_open.contains((*it)->data(kNameColumn, kPathRole).toString()));
}

QTreeWidgetItem* InspectTab::addBranch(
    QTreeWidgetItem* parent, const QString& name, const QJsonValue& value, const QString& path)
{
    auto* item = new QTreeWidgetItem(parent);
    if (!isBranch(value)) {
        setRow(*item, name, leafText(value));
        return item;
    }
    setRow(*item, name, branchText(value));
    item->setData(kNameColumn, kPathRole, path);
    item->setData(kNameColumn, kValueRole, value);
    const QJsonObject object = value.toObject();
    for (auto it = object.begin(); it != object.end(); ++it)
        addBranch(item, it.key(), it.value(), path + u'/' + it.key());
    const QJsonArray array = value.toArray();
    for (qsizetype i = 0; i < array.size(); ++i)
        addBranch(item, QString::number(i), array[i], path + u'/' + QString::number(i));
    return item;
}

void InspectTab::keyPressEvent(QKeyEvent* event)
{
    const QTreeWidgetItem* item = currentItem();
    if (!event->matches(QKeySequence::Copy) || item == nullptr) {
        QTreeWidget::keyPressEvent(event);
        return;
    }
    const QVariant branch = item->data(kNameColumn, kValueRole);
    QGuiApplication::clipboard()->setText(branch.isValid() ? jsonText(branch.toJsonValue()) : item->text(kValueColumn));
}

} // namespace twinhull
