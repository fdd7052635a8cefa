// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/comparison.h"
#include "core/twin/report.h"
#include "core/twin/report_shelf.h"
#include "ui/twin/reports_dialog.h"

#include <QObject>
#include <QStringList>
#include <QThreadPool>

#include <memory>
#include <vector>

class QMimeData;
class QWidget;

namespace twinhull {

class ReportPair;
class ReportView;

/// Which reports of the past lie open, one or two beside each other, and the ways to open them. Files are read on a
/// thread.
class ReportDesk : public QObject {
    Q_OBJECT

public:
    /// Dialogs appear above `page`.
    ReportDesk(std::string reportsFolder, QWidget* page);
    ~ReportDesk() override; ///< waits for the file that is read just now

    ReportView* view() const { return m_view; } ///< the page's to place and to delete
    bool isOpen() const { return !m_open.empty(); }
    /// What lies open, to be saved: one report, or the comparison of two. Null where none is.
    std::shared_ptr<const Report> report() const;

    void chooseReport(); ///< by a dialog
    void open(const QString& path);
    void layBeside(const QString& path); ///< as open() where none is open
    void open(const Comparison& comparison); ///< that is known already
    void close();

    /// JSON files of this computer among what is dragged; at most two.
    static QStringList reportsIn(const QMimeData& dragged);
    /// One is laid beside what is open, two are opened.
    void drop(const QStringList& paths);

Q_SIGNALS:
    void changed();

private:
    struct Opened {
        QString name;
        Comparison comparison;
    };

    void read(const QStringList& paths, std::vector<Opened> beside);
    void tellFailure(const Error& error);
    ReportPair pair() const; ///< of the two that are open
    void present();

    ReportShelf m_shelf;
    QWidget* m_page;
    ReportView* m_view;
    QThreadPool m_pool;
    std::vector<Opened> m_open; ///< at most two, the earlier first
};

} // namespace twinhull
