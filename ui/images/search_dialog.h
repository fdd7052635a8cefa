// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/registry_answers.h"
#include "ui/page/app_context.h"

#include <QDialog>
#include <QPointer>

#include <vector>

class QCheckBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTreeWidget;

namespace twinhull {

class Job;

/// Looks for repositories in a registry; one that is chosen goes on to be pulled.
class SearchDialog : public QDialog {
    Q_OBJECT

public:
    /// The context must outlive this.
    explicit SearchDialog(AppContext& context, QWidget* parent = nullptr);

Q_SIGNALS:
    void chosen(const QString& name); ///< with its registry, without a tag

private:
    void search();
    void end(const Job& job, const std::vector<FoundRepository>& all);
    void showFound(const std::vector<FoundRepository>& all);
    void choose();
    void refresh();

    AppContext& m_context;
    QLineEdit* m_words;
    QCheckBox* m_plain;
    QPushButton* m_search;
    QTreeWidget* m_list;
    QLabel* m_text;
    QPushButton* m_accept = nullptr;
    QPointer<Job> m_job; ///< while it looks
};

} // namespace twinhull
