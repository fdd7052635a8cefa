// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/image_info.h"

#include <QDialog>

class QComboBox;
class QDialogButtonBox;
class QFormLayout;
class QLabel;
class QPushButton;

namespace twinhull {

class CommandBar;

/// What dialogs have in common that ask for a measurement: the image, fields of their own below it, a text that says
/// what will be done or why it cannot be done, and the button that starts it.
class MeasureDialog : public QDialog {
    Q_OBJECT

protected:
    struct Words {
        QString name; ///< of the controls: NAMEDialog, NAMEImage, NAMEDescription
        QString title;
        QString run; ///< on the button
    };

    MeasureDialog(const Words& words, const std::vector<ImageInfo>& images, QWidget* parent);

    void showEvent(QShowEvent* event) override;

    QFormLayout* form() const { return m_form; } ///< its first row is the image
    void chooseImage(const QString& digest); ///< leaves it where there is none such
    QString imageReference() const;
    /// Asked when the text is needed: why it cannot be run (empty when it can; that there is no image is known here),
    /// and what will be done.
    virtual QString problem() const = 0;
    virtual QString whatWillBeDone() const = 0;
    virtual QString equivalentCommand() const = 0; ///< a line for twinhullctl; asked where there is no problem
    void describe();
    void complete(); ///< when all fields are in the form: the keyboard comes to the buttons after them
    virtual void finish() = 0; ///< tells the plan

private:
    void makeRoom();

    QComboBox* m_image;
    QFormLayout* m_form;
    QLabel* m_description;
    CommandBar* m_command;
    QDialogButtonBox* m_buttons;
    QPushButton* m_run;
};

} // namespace twinhull
