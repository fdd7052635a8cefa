// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/page/app_context.h"

#include <QComboBox>

namespace twinhull {

class Job;

/// The images of this computer with their sizes; the last entries pull one, load one from a file and make the starter
/// image.
class ImageChoice : public QComboBox {
    Q_OBJECT

public:
    explicit ImageChoice(AppContext& context, QWidget* parent = nullptr);

    QString reference() const; ///< empty while none is chosen
    void choose(const QString& reference); ///< also one that appears later

Q_SIGNALS:
    void referenceChanged();

private:
    void fill();
    void onActivated(int row);
    void loadFile();
    void pull();
    void buildStarter();
    void chooseResultOf(Job* job, const QString& reference);
    bool hasStarter() const;

    AppContext& m_context;
    QString m_wanted;
};

} // namespace twinhull
