// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/image_info.h"
#include "ui/page/app_context.h"

#include <QObject>

#include <memory>
#include <vector>

class QMenu;
class QWidget;

namespace twinhull {

class Job;

/// What a person can do with images beyond starting them: the dialogs, and the jobs that follow.
class ImageActions : public QObject {
    Q_OBJECT

public:
    /// The context must outlive this; dialogs are the window's children.
    ImageActions(AppContext& context, QWidget* window);
    ~ImageActions() override;

    void pull(const QString& name = {}); ///< asks for the rest
    void search();
    void build();
    void importRoot();
    void login();
    void logout();
    void copy(const QString& from = {}); ///< between registries
    void prune();
    void push(const ImageInfo& image);
    void save(const std::vector<ImageInfo>& images); ///< several into one archive
    void tag(const ImageInfo& image);
    void untag(const ImageInfo& image, const QString& reference);
    void showDetails(const ImageInfo& image);

    /// Fills the menu with what can be done just now with the images that are chosen.
    void fillMenu(QMenu& menu, const std::vector<ImageInfo>& chosen);

Q_SIGNALS:
    void pullBegan(Job* job, const QString& name); ///< as the store will call it

private:
    void askForImport(const QString& path);
    void askToLogOut(const QStringList& hosts);

    AppContext& m_context;
    QWidget* m_window;
    std::unique_ptr<Job> m_reading; ///< of the logins
};

} // namespace twinhull
