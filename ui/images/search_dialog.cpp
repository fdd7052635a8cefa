// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/images/search_dialog.h"

#include "core/images/image_store.h"
#include "core/jobs/job_queue.h"
#include "core/registries/registry_search.h"
#include "ui/widgets/error_text.h"
#include "ui/widgets/tool_tip.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <memory>

namespace twinhull {

namespace {

constexpr int kSearchPadding = 16;
constexpr int kSearchGap = 8;
constexpr QSize kSearchSize(760, 480);

}

SearchDialog::SearchDialog(AppContext& context, QWidget* parent)
    : QDialog(parent)
    , m_context(context)
    , m_words(new QLineEdit)
    , m_plain(new QCheckBox(tr("This registry has no TLS, or a certificate of its own")))
    , m_search(new QPushButton(tr("Search")))
    , m_list(new QTreeWidget)
    , m_text(new QLabel)
{
    setWindowTitle(tr("Search registries"));
    setObjectName(QStringLiteral("searchDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    m_words->setPlaceholderText(tr("nginx, quay.io/nginx, localhost:5000/"));
    m_words->setAccessibleName(tr("What to look for"));
    m_words->setObjectName(QStringLiteral("searchWords"));
    m_plain->setObjectName(QStringLiteral("searchPlain"));
    m_search->setObjectName(QStringLiteral("searchBegin"));
    m_search->setAutoDefault(false);
    m_list->setHeaderLabels({ tr("Image"), tr("Stars"), tr("Description") });
    m_list->setRootIsDecorated(false);
    m_list->setAccessibleName(tr("Images that were found"));
    m_list->setObjectName(QStringLiteral("searchList"));
    m_list->setColumnWidth(0, kSearchSize.width() * 2 / 5);
    m_list->headerItem()->setTextAlignment(1, Qt::AlignRight | Qt::AlignVCenter);
    m_text->setObjectName(QStringLiteral("searchText"));
    m_text->setWordWrap(true);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    m_accept = buttons->addButton(tr("Pull\u2026"), QDialogButtonBox::AcceptRole);
    m_accept->setProperty("primary", true);
    m_accept->setObjectName(QStringLiteral("searchAccept"));
    m_accept->setAutoDefault(false);
    connect(m_words, &QLineEdit::returnPressed, this, &SearchDialog::search);
    connect(m_words, &QLineEdit::textChanged, this, &SearchDialog::refresh);
    connect(m_search, &QPushButton::clicked, this, &SearchDialog::search);
    connect(m_list, &QTreeWidget::itemSelectionChanged, this, &SearchDialog::refresh);
    connect(m_list, &QTreeWidget::itemActivated, this, &SearchDialog::choose);
    connect(buttons, &QDialogButtonBox::accepted, this, &SearchDialog::choose);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* top = new QHBoxLayout;
    top->setSpacing(kSearchGap);
    top->addWidget(m_words, 1);
    top->addWidget(m_search);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kSearchPadding, kSearchPadding, kSearchPadding, kSearchPadding);
    layout->setSpacing(kSearchGap);
    layout->addLayout(top);
    layout->addWidget(m_plain);
    layout->addWidget(m_list, 1);
    layout->addWidget(m_text);
    layout->addWidget(buttons);
    resize(kSearchSize);
    m_text->setText(tr("Without a registry, docker.io is asked."));
    refresh();
}

void SearchDialog::search()
{
    auto asked = RegistrySearch::parse(m_words->text().trimmed().toStdString());
    if (!asked) {
        m_text->setText(errorParagraph(asked.error()));
        return;
    }
    if (m_job)
        m_job->cancel(); // what was looked for before
    if (m_plain->isChecked())
        asked->access.verifiesTls = false;
    const auto all = std::make_shared<std::vector<FoundRepository>>();
    const QString host = QString::fromStdString(asked->host);
    m_job = m_context.jobs.submit(m_context.images.work(
        tr("Search %1").arg(host), [asked = *asked, all](const DataFolders&, JobContext& context) {
            auto found = searchRegistry(asked, context);
            if (!found)
                return Result<>(std::move(found).error());
            *all = *std::move(found);
            return Result<>();
        }));
    connect(m_job, &Job::finished, this, [this, job = m_job.data(), all] { end(*job, *all); });
    connect(this, &QDialog::finished, m_job, &Job::cancel);
    m_list->clear();
    m_text->setText(tr("Asking %1\u2026").arg(host));
    refresh();
}

/// An answer that nobody waits for any more is let go.
void SearchDialog::end(const Job& job, const std::vector<FoundRepository>& all)
{
    if (m_job != &job)
        return;
    m_job.clear();
    if (job.result())
        showFound(all);
    else
        m_text->setText(errorParagraph(job.result().error()));
    refresh();
}

void SearchDialog::showFound(const std::vector<FoundRepository>& all)
{
    for (const auto& found : all) {
        auto* item = new QTreeWidgetItem(m_list);
        item->setText(0, QString::fromStdString(found.name));
        item->setText(1, found.stars ? QString::number(*found.stars) : QString());
        item->setTextAlignment(1, Qt::AlignRight | Qt::AlignVCenter);
        item->setText(2, QString::fromStdString(found.description));
        item->setToolTip(2, toolTipOf(item->text(2)));
    }
    m_text->setText(all.empty() ? tr("Nothing was found.") : tr("%1 found.").arg(all.size()));
    if (!all.empty())
        m_list->setCurrentItem(m_list->topLevelItem(0));
}

void SearchDialog::choose()
{
    const QTreeWidgetItem* item = m_list->currentItem();
    if (item == nullptr)
        return;
    Q_EMIT chosen(item->text(0));
    accept();
}

void SearchDialog::refresh()
{
    m_search->setEnabled(!m_words->text().trimmed().isEmpty());
    m_accept->setEnabled(m_list->currentItem() != nullptr);
}

} // namespace twinhull
