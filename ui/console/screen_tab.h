// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/console/screen_link.h"
#include "ui/page/app_context.h"

#include <QWidget>

class QAction;
class QCheckBox;
class QComboBox;
class QLabel;
class QPushButton;
class QStackedWidget;
class QToolButton;

namespace twinhull {

class ScreenView;
class ScreenWindow;

/// The screens of a machine: one of them shown and used here, all of them in a viewer. Connected when it is looked at,
/// and again when the machine starts anew.
class ScreenTab : public QWidget {
    Q_OBJECT

public:
    explicit ScreenTab(AppContext& context, QWidget* parent = nullptr);
    ~ScreenTab() override;

    void present(const WorkloadInfo& info);

    /// Null for what has no screens: containers, and VMs that were made from an image.
    static MachineScreens* screensOf(AppContext& context, const WorkloadInfo& info);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QWidget* makeBar();
    QWidget* makeNotice();
    void makeKeysMenu();
    void makeClipboardMenu();
    QPushButton* makeButton(const QString& text, const QString& name, void (ScreenTab::*act)());
    bool isOn() const;
    void read();
    void fill(const std::vector<MachineScreen>& screens);
    const MachineScreen* chosen() const;
    void connectScreen();
    void take(OpenedScreen opened);
    void onReady(const QSize& size);
    void onEnded(const Error& why);
    void disconnectScreen();
    void connectAgain();
    void openViewer();
    void toggleFullScreen();
    void leaveFullScreen();
    void giveClipboard();
    void takeClipboard(const QString& text);
    void showNotice(const QString& text, bool isWarning = false);
    void showState();

    AppContext& m_context;
    WorkloadInfo m_info;
    std::vector<MachineScreen> m_screens;
    bool m_isRead = false;
    std::unique_ptr<Job> m_reading;
    std::unique_ptr<Job> m_opening;
    std::unique_ptr<ScreenLink> m_link;
    std::unique_ptr<ScreenWindow> m_window; ///< while it is on the full screen
    QTimer m_retry;
    int m_attempts = 0; ///< since it worked last
    QString m_given; ///< the guest has this on its clipboard by us
    QComboBox* m_which;
    QLabel* m_status;
    QCheckBox* m_fit;
    QToolButton* m_keys;
    QToolButton* m_clipboard;
    QAction* m_give = nullptr;
    QAction* m_take = nullptr;
    QPushButton* m_viewer = nullptr;
    QPushButton* m_full = nullptr;
    QStackedWidget* m_stack;
    QLabel* m_notice;
    QPushButton* m_again = nullptr;
    ScreenView* m_view;
};

} // namespace twinhull
