// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/report_shelf.h"

#include <QDialog>
#include <QThreadPool>

#include <memory>

class QLabel;
class QPushButton;

namespace twinhull {

class Job;
class ListView;
class ReportListModel;

/// The reports that were kept, to open one or to lay one beside what is open, and the way to those of other places.
class ReportsDialog : public QDialog {
    Q_OBJECT

public:
    enum class Use { Open, LayBeside };

    /// `openReport` is what is open now; empty: nothing.
    ReportsDialog(ReportShelf shelf, const QString& openReport, QWidget* parent = nullptr);
    ~ReportsDialog() override; ///< waits for the file that is read just now

Q_SIGNALS:
    void chosen(const QString& path, twinhull::ReportsDialog::Use use);

private:
    void buildLayout();
    QPushButton* addButton(const QString& text, const char* objectName);
    void read();
    void present(std::vector<KeptReport> reports);
    void refreshButtons();
    void choose(Use use);
    void chooseFile();
    void confirmRemoval();

    ReportShelf m_shelf;
    QString m_openReport;
    QThreadPool m_pool;
    std::unique_ptr<Job> m_reading;
    ReportListModel* m_model;
    ListView* m_view;
    QLabel* m_empty;
    QPushButton* m_open = nullptr;
    QPushButton* m_beside = nullptr;
    QPushButton* m_remove = nullptr;
};

} // namespace twinhull
