// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/copy/inside_files.h"
#include "ui/page/app_context.h"

#include <QDialog>

class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace twinhull {

/// Edits a small text inside a workload. What is no UTF-8, or would not come back byte by byte, is only shown. Saving
/// refuses where the file was changed meanwhile.
class TextFileDialog : public QDialog {
    Q_OBJECT

public:
    TextFileDialog(AppContext& context, InsideFiles files, std::string path, const InsideText& text, QWidget* parent);

    void reject() override;

Q_SIGNALS:
    void saved();

private:
    void showText(const InsideText& text);
    void save();
    void readAgain();
    std::string edited() const;
    void presentState();

    AppContext& m_context;
    InsideFiles m_files;
    std::string m_path;
    InsideText m_text; ///< as it is inside
    bool m_hasReturns = false; ///< lines end as on Windows
    bool m_isSaving = false;
    QPlainTextEdit* m_edit;
    QLabel* m_note;
    QPushButton* m_save;
    QPushButton* m_readAgain;
};

} // namespace twinhull
