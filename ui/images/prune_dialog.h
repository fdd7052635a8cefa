// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/image_info.h"
#include "core/images/store_use.h"
#include "ui/page/app_context.h"

#include <QDialog>

#include <memory>
#include <optional>

class QCheckBox;
class QLabel;
class QPushButton;
class QTreeWidget;

namespace twinhull {

/// What the images take on disk, what can go, and how much that frees, before it goes.
class PruneDialog : public QDialog {
    Q_OBJECT

public:
    /// Begins to measure at once. The context must outlive this.
    explicit PruneDialog(AppContext& context, QWidget* parent = nullptr);
    ~PruneDialog() override;

private:
    void measure();
    void showUse(const StoreUse& use);
    void refresh();
    void finish();
    QStringList going() const;

    AppContext& m_context;
    std::optional<QStringList> m_binned; ///< digests that what was deleted needs; nothing until that is known
    std::unique_ptr<StoreUse> m_use; ///< null until measured
    QCheckBox* m_all;
    QTreeWidget* m_list;
    QLabel* m_text;
    QPushButton* m_accept = nullptr;
};

} // namespace twinhull
