// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/page/app_context.h"
#include "ui/storage/pool_volume_model.h"
#include "ui/widgets/named_list_panel.h"

#include <optional>

namespace twinhull {

/// What is in one storage pool and what a person can do with it.
class PoolVolumesPanel : public NamedListPanel {
    Q_OBJECT

public:
    /// The context must outlive this.
    explicit PoolVolumesPanel(AppContext& context, QWidget* parent = nullptr);

    /// Shows what is in it as it was read; none: nothing is shown. It is of that connection's host.
    void setPool(const QString& connection, const std::optional<MachinePool>& pool);

Q_SIGNALS:
    void volumesChanged(); ///< by a job of this panel; the pool is to be read again

private:
    using Make = std::function<std::unique_ptr<Job>(MachineStorage&)>;

    Reading read() override;
    void enableActions() override;
    std::optional<VolumeName> volume() const; ///< that is chosen
    void run(const QString& connection, const Make& make);
    void create();
    void resizeChosen();
    void cloneChosen();
    void upload();
    void uploadFrom(const QString& path);
    void download();
    void askToWipe();
    void askToDelete();
    void ask(const QString& question, const QString& consequence, const QString& button, const Make& make);

    AppContext& m_context;
    PoolVolumeModel m_model;
    QString m_host; ///< name of its connection; empty: the home one
    QString m_pool; ///< empty: none is chosen
    bool m_isRunning = false;
    QAction* m_create;
    QAction* m_upload;
    QAction* m_download;
    QAction* m_resize;
    QAction* m_clone;
    QAction* m_wipe;
    QAction* m_delete;
};

} // namespace twinhull
