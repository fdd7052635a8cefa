// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/page/app_context.h"
#include "ui/page/page_bar.h"

#include <QStackedWidget>

class QToolButton;

namespace twinhull {

class ImageActions;
class ImageListModel;
class ListView;
struct ImageInfo;

/// The images of this person: pull, load, make the starter image, start as container, VM or both; save and remove
/// several at once.
class ImagesPage : public QStackedWidget, public PageBarSource {
    Q_OBJECT

public:
    /// The context must outlive this.
    explicit ImagesPage(AppContext& context, QWidget* parent = nullptr);

    QWidget* pageBar() override { return m_bar; }

Q_SIGNALS:
    void containerRequested(const QString& imageReference);
    void vmRequested(const QString& imageReference);
    void twinRequested(const QString& imageReference);

private:
    QWidget* makeBar();
    QToolButton* makeMoreButton();
    QWidget* makeEmptyState();
    QToolButton* addButton(const QString& text, const char* objectName, void (ImagesPage::*slot)());
    const ImageInfo* chosen() const; ///< null unless one alone is chosen
    std::vector<ImageInfo> allChosen() const;
    QString chosenReference() const;
    void refreshButtons();
    void pull();
    void build();
    void loadFile();
    void loadFolder();
    void load(const QString& path);
    void makeStarter();
    void startContainer() { Q_EMIT containerRequested(chosenReference()); }
    void startVm() { Q_EMIT vmRequested(chosenReference()); }
    void startTwin() { Q_EMIT twinRequested(chosenReference()); }
    void askToRemove();

    AppContext& m_context;
    ImageListModel* m_model;
    ListView* m_view;
    ImageActions* m_actions;
    std::vector<QToolButton*> m_imageButtons; ///< those that act on one chosen image; filled with the bar
    QToolButton* m_remove = nullptr; ///< acts on all that are chosen
    QToolButton* m_starter = nullptr; ///< where there is none yet
    QWidget* m_bar;
};

} // namespace twinhull
