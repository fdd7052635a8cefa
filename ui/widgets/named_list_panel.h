// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"

#include <QWidget>

#include <functional>
#include <memory>

class QAbstractItemModel;
class QAction;
class QLabel;
class QStackedWidget;

namespace twinhull {

class JobQueue;
class ListView;

/// A list of things that have names, in the model's first column, and what a person can do with the chosen one. It is
/// read by a job; what was chosen is chosen again afterwards. Where there is nothing, a sentence says so.
class NamedListPanel : public QWidget {
    Q_OBJECT

public:
    ~NamedListPanel() override;

    void refresh(); ///< reads it again; asked for while it is read, once more afterwards
    /// Why what is listed may not be so any more: said above it or in its place, and nothing can be done with it.
    /// `details` are for where nothing is listed. Empty: it is so.
    void setSilence(const QString& sentence, const QString& details = {});
    const QString& silence() const { return m_silence; }
    const std::vector<QAction*>& panelActions() const { return m_actions; } ///< as they were added

protected:
    struct Words {
        QString listName; ///< accessible
        QString objectName; ///< of the list
        QString whenEmpty;
    };
    struct Reading {
        std::unique_ptr<Job> job;
        std::function<void()> show; ///< after its success: into the model
    };

    /// The queue must outlive this; the model is a member of the derived class.
    NamedListPanel(JobQueue& jobs, const Words& words, QWidget* parent);

    /// Once, when the derived class is whole.
    void setModel(QAbstractItemModel& model);
    QAction* addAction(const QString& text, const char* objectName, std::function<void()> function);
    QModelIndex chosen() const;
    void abandonReading(); ///< what is read just now is of no interest any more, and not waited for
    void setEmptyText(const QString& text); ///< where the list is empty and nothing failed
    void showKeepingChoice(const std::function<void()>& show); ///< changes the model; what was chosen is chosen again
    QString chosenName() const; ///< empty: none
    static QString usersText(const QStringList& users); ///< why the chosen one cannot go; empty: it can
    void submit(std::unique_ptr<Job> job); ///< and reads the list again after it
    void refreshActions();

    virtual Reading read() = 0; ///< a null job: nothing is to be read now
    virtual void enableActions() = 0; ///< by what is chosen

private:
    JobQueue& m_jobs;
    ListView* m_list;
    QStackedWidget* m_stack;
    QString m_whenEmpty;
    QString m_silence;
    QString m_silenceDetails;
    QLabel* m_empty;
    QLabel* m_silenceLine;
    std::vector<QAction*> m_actions;
    std::unique_ptr<Job> m_reading;
    bool m_mustReadAgain = false;
    bool m_isRead = false; ///< what is listed is an answer, and no list yet to come
};

} // namespace twinhull
