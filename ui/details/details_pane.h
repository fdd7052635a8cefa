// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_info.h"
#include "ui/page/app_context.h"

#include <QWidget>

#include <functional>
#include <vector>

class QLabel;
class QPushButton;
class QStackedWidget;
class QTabBar;

namespace twinhull {

class KindSquare;

/// What is below the list: tabs about the chosen workload. The tab is kept when the choice changes, and made when it is
/// first looked at.
class DetailsPane : public QWidget {
    Q_OBJECT

public:
    explicit DetailsPane(AppContext& context, QWidget* parent = nullptr);

    /// With an application, whose first container it is, the logs of all of that are shown as one.
    void setWorkload(const WorkloadId& id, std::vector<WorkloadInfo> application = {});
    void clear();

private:
    /// A tab: how its widget is made, and how it is told about the workload.
    struct Tab {
        QString name;
        std::function<QWidget*()> make;
        std::function<void(QWidget*, const WorkloadInfo&)> present;
        QWidget* widget = nullptr;
    };

    QWidget* makeHead();
    void addTabs();
    QWidget* makeLogView();
    QWidget* makeLogsTab();
    void presentLogs(QStackedWidget& tab, const WorkloadInfo& info) const;
    QWidget* makeTerminalTab();
    void addTab(const QString& name, const QString& title, Tab tab);
    void showTab(int index);
    void present(const WorkloadInfo& info);
    void presentAddress(const WorkloadInfo& info);

    AppContext& m_context;
    QTabBar* m_tabs;
    QStackedWidget* m_stack;
    KindSquare* m_square;
    QLabel* m_name;
    QPushButton* m_open;
    QPushButton* m_copy;
    std::vector<Tab> m_entries;
    int m_consoleTab = 0; ///< which only machines have
    int m_hardwareTab = 0; ///< likewise
    int m_guestTab = 0; ///< likewise
    int m_snapshotsTab = 0; ///< likewise
    int m_screenTab = 0; ///< which only machines with graphics have
    WorkloadInfo m_info;
    std::vector<WorkloadInfo> m_application; ///< empty: one workload is chosen
};

} // namespace twinhull
