// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/reports_dialog.h"

#include "core/jobs/thread_job.h"
#include "ui/twin/report_list_model.h"
#include "ui/widgets/error_text.h"
#include "ui/widgets/list_view.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QMessageBox>
#include <QPushButton>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr int kDialogPadding = 16;
constexpr QSize kDialogSize{ 760, 440 };

} // namespace

ReportsDialog::ReportsDialog(ReportShelf shelf, const QString& openReport, QWidget* parent)
    : QDialog(parent)
    , m_shelf(std::move(shelf))
    , m_openReport(openReport)
    , m_model(new ReportListModel(this))
    , m_view(new ListView(tr("Reports")))
    , m_empty(new QLabel(tr("Being read.")))
{
    setWindowTitle(tr("Reports of comparisons"));
    setObjectName(QStringLiteral("reportsDialog"));
    m_view->setObjectName(QStringLiteral("reportsList"));
    m_view->setModel(m_model);
    m_empty->setObjectName(QStringLiteral("reportsEmpty"));
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_empty->setProperty("muted", true);
    buildLayout();
    resize(kDialogSize);
    connect(m_view, &ListView::chosenChanged, this, &ReportsDialog::refreshButtons);
    connect(m_view, &QAbstractItemView::activated, this,
        [this] { choose(m_openReport.isEmpty() ? Use::Open : Use::LayBeside); });
    read();
}

ReportsDialog::~ReportsDialog()
{
    if (m_reading)
        m_reading->cancel();
    m_reading.reset();
    m_pool.waitForDone();
}

QPushButton* ReportsDialog::addButton(const QString& text, const char* objectName)
{
    auto* button = new QPushButton(text);
    button->setObjectName(QLatin1String(objectName));
    button->setAutoDefault(false);
    return button;
}

void ReportsDialog::buildLayout()
{
    auto* file = addButton(tr("From a file\u2026"), "reportsFile");
    connect(file, &QPushButton::clicked, this, &ReportsDialog::chooseFile);
    m_remove = addButton(tr("Remove"), "reportsRemove");
    connect(m_remove, &QPushButton::clicked, this, &ReportsDialog::confirmRemoval);
    auto* cancel = addButton(tr("Cancel"), "reportsCancel");
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    m_open = addButton(tr("Open"), "reportsOpen");
    connect(m_open, &QPushButton::clicked, this, [this] { choose(Use::Open); });
    m_beside = addButton(tr("Lay beside"), "reportsBeside");
    m_beside->setToolTip(tr("Compares it with %1, which is open.").arg(m_openReport));
    m_beside->setVisible(!m_openReport.isEmpty());
    connect(m_beside, &QPushButton::clicked, this, [this] { choose(Use::LayBeside); });
    (m_openReport.isEmpty() ? m_open : m_beside)->setProperty("primary", true);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(file);
    buttons->addWidget(m_remove);
    buttons->addStretch(1);
    for (QPushButton* button : { cancel, m_open, m_beside })
        buttons->addWidget(button);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kDialogPadding, kDialogPadding, kDialogPadding, kDialogPadding);
    layout->setSpacing(kDialogPadding);
    if (!m_openReport.isEmpty()) {
        auto* about
            = new QLabel(tr("Open now: %1. Choose the one to lay beside it, or another to open.").arg(m_openReport));
        about->setTextFormat(Qt::PlainText);
        about->setWordWrap(true);
        layout->addWidget(about);
    }
    layout->addWidget(m_view, 1);
    layout->addWidget(m_empty, 1);
    layout->addLayout(buttons);
    m_view->hide();
}

void ReportsDialog::read()
{
    const auto found = std::make_shared<std::vector<KeptReport>>();
    m_reading = std::make_unique<ThreadJob>(tr("Read reports"), &m_pool, [shelf = m_shelf, found](JobContext& context) {
        *found = shelf.list([&context] { return context.isCancelled(); });
        return Result<>();
    });
    connect(m_reading.get(), &Job::finished, this, [this, found] { present(*found); });
    m_reading->start();
    refreshButtons();
}

void ReportsDialog::present(std::vector<KeptReport> reports)
{
    const bool isEmpty = reports.empty();
    m_model->setReports(std::move(reports));
    m_empty->setText(tr("No report is kept yet.\n\nEvery comparison run that ends well is kept here, those of the "
                        "command line too. A report of another computer is opened from its JSON file."));
    m_empty->setVisible(isEmpty);
    m_view->setVisible(!isEmpty);
    if (!isEmpty) {
        m_view->selectRow(0);
        m_view->setFocus();
    }
    refreshButtons();
}

void ReportsDialog::refreshButtons()
{
    const bool isChosen = m_view->chosen().isValid();
    for (QPushButton* button : { m_open, m_beside, m_remove })
        button->setEnabled(isChosen);
}

void ReportsDialog::choose(Use use)
{
    const KeptReport* report = m_model->reportAt(m_view->chosen());
    if (report == nullptr)
        return;
    Q_EMIT chosen(QString::fromStdString(report->path), use);
    accept();
}

void ReportsDialog::chooseFile()
{
    auto* dialog = new QFileDialog(this, tr("Open report"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilter(tr("Reports in JSON (*.json)"));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        Q_EMIT chosen(path, m_openReport.isEmpty() ? Use::Open : Use::LayBeside);
        accept();
    });
    dialog->open();
}

void ReportsDialog::confirmRemoval()
{
    const KeptReport* report = m_model->reportAt(m_view->chosen());
    if (report == nullptr)
        return;
    auto* box = new QMessageBox(this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowTitle(tr("Remove report"));
    box->setText(tr("Remove the report of %1?").arg(report->image));
    box->setInformativeText(tr("What was measured then is gone."));
    auto* yes = box->addButton(tr("Remove report"), QMessageBox::DestructiveRole);
    box->addButton(tr("Keep report"), QMessageBox::RejectRole);
    connect(yes, &QPushButton::clicked, this, [this, kept = *report] {
        const auto removed = m_shelf.remove(kept); // one small file
        if (!removed)
            m_empty->setText(errorParagraph(removed.error()));
        read();
    });
    box->open();
}

} // namespace twinhull
