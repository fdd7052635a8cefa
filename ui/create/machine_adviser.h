// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_making.h"
#include "ui/create/create_form.h"
#include "ui/page/app_context.h"

#include <QObject>
#include <QTimer>

namespace twinhull {

/// Has what a form describes looked at while it is filled in: quick changes become one question, and an answer to what
/// is not asked any more is dropped. GUI thread; the looking is done elsewhere.
class MachineAdviser : public QObject {
    Q_OBJECT

public:
    explicit MachineAdviser(AppContext& context, QObject* parent = nullptr);
    ~MachineAdviser() override;

    /// Nothing happens where that was the latest question already. A form without a file is no question.
    void ask(const CreateForm& form);

Q_SIGNALS:
    void asked(); ///< the answer to come is another than the one before
    void advised(const twinhull::MachineAdvice& advice);
    void refused(const twinhull::Error& error);

private:
    void askNow();
    void onFinished(const Job& job, const MachineAdvice& advice);

    AppContext& m_context;
    CreateForm m_form;
    QStringList m_question;
    QTimer m_delay;
    std::unique_ptr<Job> m_job;
    bool m_isStale = false;
};

} // namespace twinhull
