// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_info.h"
#include "ui/files/file_list_model.h"
#include "ui/page/app_context.h"

#include <QHash>
#include <QSortFilterProxyModel>
#include <QUrl>
#include <QWidget>

class QAction;
class QLabel;
class QLineEdit;
class QStackedWidget;
class QTemporaryDir;

namespace twinhull {

class FileTable;

/// The files of a running workload or a stopped container: looked at, fetched, brought and changed through file-carrier
/// inside it. Read when it is seen, and again after a change of ours.
class FilesTab : public QWidget {
    Q_OBJECT

public:
    explicit FilesTab(AppContext& context, QWidget* parent = nullptr);
    ~FilesTab() override;

    void present(const WorkloadInfo& info);

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeBar();
    QAction* addFileAction(const QString& text, const char* objectName, void (FilesTab::*slot)());
    void addActions();
    bool isAtRest() const;
    QString whyNot() const;
    std::optional<InsideFiles> files() const;
    void presentState();

    void read(const std::string& path);
    void readHere() { read(m_path); }
    void readMarks();
    void showFolder(const InsideFolder& folder);
    void goUp();
    void goToTyped();
    void openChosen();
    std::vector<ListedFile> chosen() const;
    std::string pathOf(const ListedFile& file) const;

    void upload();
    void uploadAll(const QStringList& paths);
    void download();
    void downloadTo(const QString& folder);
    void dragOut();
    void makeFolder();
    void renameChosen();
    void askToRemove();
    void edit();
    /// Submits it, and reads the folder again afterwards.
    void change(const std::function<std::unique_ptr<Job>(const InsideFiles&)>& make);

    AppContext& m_context;
    WorkloadInfo m_info;
    FileListModel m_model;
    QSortFilterProxyModel m_shown;
    std::string m_path = "/";
    QHash<QString, QByteArray> m_pathsOfOthers; ///< by workload
    std::unique_ptr<Job> m_reading;
    std::unique_ptr<Job> m_comparing;
    std::unique_ptr<QTemporaryDir> m_dragged; ///< what is dragged out rests here
    QLineEdit* m_typed = nullptr;
    QLineEdit* m_filter = nullptr;
    FileTable* m_table;
    QStackedWidget* m_stack;
    QLabel* m_notice;
    QLabel* m_rest; ///< says that these are a stopped container's
    QAction* m_up = nullptr;
    QAction* m_upload = nullptr;
    QAction* m_download = nullptr;
    QAction* m_edit = nullptr;
    QAction* m_newFolder = nullptr;
    QAction* m_rename = nullptr;
    QAction* m_remove = nullptr;
};

} // namespace twinhull
