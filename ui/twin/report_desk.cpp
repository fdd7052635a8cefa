// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/report_desk.h"

#include "core/jobs/thread_job.h"
#include "core/twin/comparison_reader.h"
#include "core/twin/comparison_report.h"
#include "core/twin/report_pair.h"
#include "ui/twin/report_view.h"
#include "ui/widgets/error_text.h"

#include <QMessageBox>
#include <QMimeData>
#include <QUrl>
#include <QWidget>

namespace twinhull {

ReportDesk::ReportDesk(std::string reportsFolder, QWidget* page)
    : QObject(page), m_shelf(std::move(reportsFolder)), m_page(page), m_view(new ReportView)
{
    m_pool.setMaxThreadCount(1); // in the order in which they were asked for
    connect(m_view, &ReportView::closeRequested, this, &ReportDesk::close);
    connect(m_view, &ReportView::besideRequested, this, &ReportDesk::chooseReport);
    connect(m_view, &ReportView::swapRequested, this, [this] {
        std::swap(m_open.front(), m_open.back());
        present();
    });
}

ReportDesk::~ReportDesk()
{
    m_pool.waitForDone();
}

std::shared_ptr<const Report> ReportDesk::report() const
{
    if (m_open.empty())
        return nullptr;
    if (m_open.size() == 1)
        return std::make_shared<ComparisonReport>(m_open.front().comparison);
    return std::make_shared<ReportPair>(pair());
}

void ReportDesk::chooseReport()
{
    auto* dialog = new ReportsDialog(m_shelf, m_open.empty() ? QString() : m_open.front().name, m_page);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ReportsDialog::chosen, this, [this](const QString& path, ReportsDialog::Use use) {
        use == ReportsDialog::Use::Open ? open(path) : layBeside(path);
    });
    dialog->open();
}

void ReportDesk::open(const QString& path)
{
    read({ path }, {});
}

void ReportDesk::layBeside(const QString& path)
{
    read({ path }, m_open.empty() ? std::vector<Opened>() : std::vector<Opened>{ m_open.front() });
}

void ReportDesk::open(const Comparison& comparison)
{
    m_open = { { titleOf(comparison), comparison } };
    present();
}

void ReportDesk::close()
{
    m_open.clear();
    Q_EMIT changed();
}

QStringList ReportDesk::reportsIn(const QMimeData& dragged)
{
    QStringList paths;
    for (const QUrl& url : dragged.urls()) {
        if (url.isLocalFile() && url.path().endsWith(u".json", Qt::CaseInsensitive))
            paths << url.toLocalFile();
    }
    return paths.mid(0, 2);
}

void ReportDesk::drop(const QStringList& paths)
{
    if (paths.size() == 2)
        read(paths, {});
    else if (!paths.isEmpty())
        layBeside(paths.front());
}

void ReportDesk::read(const QStringList& paths, std::vector<Opened> beside)
{
    const auto opened = std::make_shared<std::vector<Opened>>(std::move(beside));
    auto* job = new ThreadJob(tr("Read reports"), &m_pool, [paths, opened](JobContext&) {
        for (const QString& path : paths) {
            auto comparison = readComparisonFile(path);
            if (!comparison)
                return Result<>(std::move(comparison).error());
            const QString name = titleOf(*comparison);
            opened->push_back({ name, *std::move(comparison) });
        }
        return Result<>();
    });
    job->setParent(this);
    connect(job, &Job::finished, this, [this, job, opened] {
        job->deleteLater();
        if (job->state() != Job::State::Succeeded) {
            tellFailure(job->result().error());
            return;
        }
        m_open = std::move(*opened);
        present();
    });
    job->start();
}

void ReportDesk::tellFailure(const Error& error)
{
    auto* box = new QMessageBox(m_page);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setObjectName(QStringLiteral("reportFailure"));
    box->setWindowTitle(tr("Open report"));
    box->setTextFormat(Qt::PlainText);
    box->setText(tr("The report cannot be opened."));
    const ErrorText text = errorText(error);
    box->setInformativeText(text.details + u'\n' + text.nextStep);
    box->addButton(QMessageBox::Close);
    box->open();
}

/// Two runs of one image in the same minute would be called alike.
ReportPair ReportDesk::pair() const
{
    const Opened& first = m_open[0];
    const Opened& second = m_open[1];
    const bool areAlike = first.name == second.name;
    return { areAlike ? tr("%1 (before)").arg(first.name) : first.name, first.comparison,
        areAlike ? tr("%1 (after)").arg(second.name) : second.name, second.comparison };
}

void ReportDesk::present()
{
    if (m_open.size() == 1)
        m_view->showReport(m_open.front().name, m_open.front().comparison);
    else
        m_view->showPair(pair());
    Q_EMIT changed();
}

} // namespace twinhull
