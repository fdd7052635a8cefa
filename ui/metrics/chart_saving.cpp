// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/chart_saving.h"

#include "core/base/files.h"
#include "core/jobs/job_queue.h"
#include "core/jobs/refused_job.h"
#include "core/jobs/thread_job.h"
#include "core/metrics/metric_legend.h"

#include <QCoreApplication>
#include <QFileDialog>
#include <QFileInfo>
#include <QPointer>

namespace twinhull {

namespace {

constexpr unsigned kReadableMode = 0644;

Result<> writeWhole(const QString& path, const QByteArray& content)
{
    return writeFileAtomically(
        path.toStdString(), { content.constData(), static_cast<std::size_t>(content.size()) }, kReadableMode);
}

} // namespace

std::unique_ptr<Job> exportJob(const QString& path, Result<QByteArray> content, const QStringList& columns)
{
    const QString name = QFileInfo(path).fileName();
    const QString title = QCoreApplication::translate("ChartSaving", "Export %1").arg(name);
    if (!content)
        return std::make_unique<RefusedJob>(title, std::move(content).error().withContext("export"));
    const QByteArray metadata = columns.isEmpty() ? QByteArray() : csvMetadata(name, columns);
    return std::make_unique<ThreadJob>(
        title, QThreadPool::globalInstance(), [path, content = *std::move(content), metadata](JobContext&) {
            auto written = metadata.isEmpty() ? Result<>() : writeWhole(csvMetadataName(path), metadata);
            if (written) // last: a failure leaves the figures that were there
                written = writeWhole(path, content);
            return std::move(written).withContext("export");
        });
}

void saveByJob(QWidget* parent, JobQueue& jobs, SavableFile file)
{
    auto* dialog = new QFileDialog(parent, QCoreApplication::translate("ChartSaving", "Export"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    const QString ending = QFileInfo(file.suggestedName).suffix();
    dialog->setDefaultSuffix(ending);
    dialog->setNameFilter(QStringLiteral("%1 (*.%2)").arg(file.kind, ending));
    dialog->selectFile(file.suggestedName);
    QObject::connect(dialog, &QFileDialog::fileSelected, parent, [&jobs, file = std::move(file)](const QString& path) {
        jobs.submit(exportJob(path, file.content(), file.columns));
    });
    dialog->open();
}

void saveCharts(QWidget* parent, JobQueue& jobs, std::vector<ChartCard*> charts, ChartFormat format)
{
    std::vector<QPointer<ChartCard>> shown(charts.begin(), charts.end());
    const bool isCsv = format == ChartFormat::Csv;
    SavableFile file{ isCsv ? QStringLiteral("chart.csv") : QStringLiteral("chart.json"),
        isCsv ? QCoreApplication::translate("ChartSaving", "Table")
              : QCoreApplication::translate("ChartSaving", "JSON"),
        [shown = std::move(shown), isCsv]() -> Result<QByteArray> {
            std::vector<ExportedChart> exported;
            for (const auto& chart : shown) {
                if (chart) // it may have been taken off the page
                    exported.push_back(chart->exported());
            }
            return isCsv ? chartsAsCsv(exported) : chartsAsJson(exported);
        },
        isCsv ? chartCsvColumns() : QStringList() };
    saveByJob(parent, jobs, std::move(file));
}

} // namespace twinhull
