// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_bin.h"
#include "ui/page/app_context.h"

#include <QDialog>

#include <memory>
#include <vector>

class QLabel;
class QPushButton;
class QTreeWidget;

namespace twinhull {

/// What was removed and can be brought back, or removed for good.
class BinDialog : public QDialog {
    Q_OBJECT

public:
    /// Begins to look at once. The context must outlive this.
    explicit BinDialog(AppContext& context, QWidget* parent = nullptr);

private:
    void makeList();
    QWidget* makeButtons();
    void look();
    void present();
    void refresh();
    void bringBack();
    void askToRemove();
    void removeForGood(const std::vector<BinnedWorkload>& asked);
    void tell(const Job& job);
    std::vector<BinnedWorkload> chosen() const;

    AppContext& m_context;
    std::vector<BinnedWorkload> m_found;
    QString m_outcome; ///< why what was asked for last failed; empty: it did not
    QString m_failure; ///< why a bin could not be read; empty: all could
    int m_look = 0; ///< the number of the latest
    QTreeWidget* m_list;
    QLabel* m_text;
    QPushButton* m_restore = nullptr;
    QPushButton* m_remove = nullptr;
};

} // namespace twinhull
