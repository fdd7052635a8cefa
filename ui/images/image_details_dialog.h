// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/image_details.h"
#include "core/images/layer_files.h"
#include "ui/page/app_context.h"

#include <QDialog>

#include <optional>

class QComboBox;
class QLabel;

namespace twinhull {

class Job;
class LayerTreeModel;

/// One image: what it says of itself, its layers and how they were made, and the files of each layer.
class ImageDetailsDialog : public QDialog {
    Q_OBJECT

public:
    /// The context must outlive this.
    ImageDetailsDialog(AppContext& context, const ImageInfo& image, QWidget* parent = nullptr);

private:
    QWidget* makeFacts() const;
    QWidget* makeHistory() const;
    QWidget* makeFiles();
    void readFiles();
    void showFiles(const std::vector<LayerFile>& files);

    AppContext& m_context;
    ImageDetails m_details;
    QComboBox* m_layer = nullptr;
    LayerTreeModel* m_files;
    QLabel* m_filesText = nullptr;
    int m_request = 0; ///< the latest: an earlier answer is not shown
};

} // namespace twinhull
