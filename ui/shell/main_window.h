// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/create/create_form.h"
#include "ui/page/app_context.h"
#include "ui/shell/page_list.h"

#include <QWidget>

class QStackedWidget;

namespace twinhull {

class CreateDialog;
class ImagesPage;
class SideBar;
class TopBar;
class WorkloadsPage;

/// The window: top bar, side bar, pages, status line. Pages are made when they are first shown.
class MainWindow : public QWidget {
    Q_OBJECT

public:
    explicit MainWindow(AppContext& context);

    /// By its name on the command line ("workloads"); false when there is no such page.
    bool showPage(const QString& name);
    /// Chooses a workload by name on the list, now or when it appears.
    void selectWorkload(const QString& name);

Q_SIGNALS:
    /// Once, after the window was painted for the first time.
    void painted();

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void closeEvent(QCloseEvent* event) override;

private:
    void layOut();
    void showPageAt(int page);
    QWidget* pageAt(int page);
    void refreshCounts();
    void refreshCountsSoon();
    void connectWorkloadsPage(WorkloadsPage& page);
    void connectImagesPage(ImagesPage& page);
    void addShortcuts();
    void addConnections();
    void addSettings();
    CreateDialog* openCreate(NewWorkload kind, const QString& imageReference);

    AppContext& m_context;
    std::vector<PageEntry> m_pages;
    std::vector<QWidget*> m_made; ///< by page; null until looked at
    TopBar* m_topBar;
    SideBar* m_sideBar;
    QStackedWidget* m_stack;
    bool m_isPainted = false;
    bool m_isCountDue = false;
};

} // namespace twinhull
