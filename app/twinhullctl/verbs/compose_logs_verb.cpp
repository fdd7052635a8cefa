// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/log_tail.h"
#include "app/twinhullctl/verbs/compose_verbs.h"
#include "core/base/text.h"
#include "core/compose/compose_labels.h"
#include "core/compose/joint_log.h"

#include <QFileInfo>
#include <QFileSystemWatcher>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTimer>

#include <algorithm>
#include <limits>

#include <unistd.h>

namespace twinhull {

namespace {

constexpr int kGatherMilliseconds = 20; // what comes together is told in its order
constexpr int kColors[] = { 36, 33, 32, 35, 34, 96, 93, 92, 95, 94 }; // of a terminal (ECMA-48)

struct ComposeLogOptions {
    std::shared_ptr<ComposeArguments> project;
    std::vector<std::string> services;
    JointLogWish wish;
    bool hasNoColors = false;
};

/// Prints the lines of several containers; lives as long as the program.
class JointLogPrinting : public QObject {
public:
    JointLogPrinting(Program& program, JointLogWish wish)
        : QObject(&program), m_program(program), m_wish(std::move(wish))
    {
        m_gather.setSingleShot(true);
        m_gather.setInterval(kGatherMilliseconds);
        connect(&m_gather, &QTimer::timeout, this, [this] { printNew(); });
        connect(&m_watcher, &QFileSystemWatcher::fileChanged, &m_gather, qOverload<>(&QTimer::start));
        connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, [this] {
            m_watcher.addPaths(m_paths); // one that was rotated away is another file
            m_gather.start();
        });
    }

    Result<> add(const WorkloadInfo& info)
    {
        auto files = openLogs(info.logPath);
        if (!files)
            return std::move(files).error();
        if (!m_wish.tail.empty() && m_wish.tail != "all") {
            const auto lines = parseNumber(m_wish.tail);
            if (!lines)
                return Result<>(lines.error()).withContext("--tail");
            keepTail(*files, *lines);
        }
        m_log.add(info.logPath, *std::move(files));
        m_names.push_back(QStringLiteral("%1-%2").arg(serviceOf(info)).arg(numberOf(info)).toUtf8());
        m_width = std::max(m_width, m_names.back().size());
        m_paths << info.logPath;
        return {};
    }

    void printNew()
    {
        QByteArray out;
        while (const auto line = m_log.next()) {
            if (line->time >= m_wish.since)
                out += textOf(*line);
            if (out.size() > (1 << 18))
                m_program.print(QString::fromUtf8(std::exchange(out, {})));
        }
        if (!out.isEmpty())
            m_program.print(QString::fromUtf8(out));
    }

    void watch()
    {
        for (const QString& path : m_paths)
            m_watcher.addPath(QFileInfo(path).absolutePath());
        m_watcher.addPaths(m_paths);
        printNew(); // what came in between
    }

private:
    QByteArray textOf(const JointLogLine& line) const
    {
        const QByteArray& name = m_names[line.source];
        const QByteArray text = QByteArray::fromStdString(line.text);
        if (m_program.wantsJson())
            return QJsonDocument(
                       QJsonObject{ { QStringLiteral("container"), QString::fromUtf8(name) },
                           { QStringLiteral("time"), QString::fromStdString(line.time) },
                           { QStringLiteral("stream"),
                               line.stream == LogStream::Error ? QStringLiteral("stderr") : QStringLiteral("stdout") },
                           { QStringLiteral("text"), QString::fromUtf8(text) } })
                       .toJson(QJsonDocument::Compact)
                + '\n';
        QByteArray head = name.leftJustified(m_width) + " | ";
        if (m_wish.hasColors) {
            const int color = kColors[line.source % std::size(kColors)];
            head = "\033[" + QByteArray::number(color) + 'm' + head + "\033[0m";
        }
        return head + (m_wish.hasTimes ? QByteArray::fromStdString(line.time) + ' ' : QByteArray()) + text + '\n';
    }

    Program& m_program;
    JointLogWish m_wish;
    JointLog m_log;
    std::vector<QByteArray> m_names;
    qsizetype m_width = 0;
    QStringList m_paths;
    QFileSystemWatcher m_watcher;
    QTimer m_gather;
};

bool areAllOver(Program& program, const std::vector<WorkloadInfo>& containers)
{
    return std::none_of(containers.begin(), containers.end(), [&program](const WorkloadInfo& info) {
        const auto now = program.registry().find(info.id);
        return now && now->state != WorkloadState::Stopped && now->state != WorkloadState::Failed;
    });
}

void composeLogs(Program& program, const ComposeLogOptions& options)
{
    const auto project = openProject(program, *options.project, ComposeNeed::NameOrFile);
    if (!project)
        return;
    std::vector<WorkloadInfo> containers;
    for (const auto& info : containersOf(program.registry().workloads(), project->name)) {
        const auto name = serviceOf(info).toStdString();
        if (options.services.empty()
            || std::find(options.services.begin(), options.services.end(), name) != options.services.end())
            containers.push_back(info);
    }
    JointLogWish wish = options.wish;
    wish.hasColors = !options.hasNoColors;
    printJointLog(program, containers, wish, [&program] { program.finish(); });
}

} // namespace

void printJointLog(Program& program, const std::vector<WorkloadInfo>& containers, const JointLogWish& wish,
    const std::function<void()>& then)
{
    JointLogWish here = wish;
    here.hasColors = wish.hasColors && ::isatty(STDOUT_FILENO) == 1 && qEnvironmentVariableIsEmpty("NO_COLOR");
    auto* printing = new JointLogPrinting(program, here);
    for (const auto& info : containers) {
        if (auto added = printing->add(info); !added) {
            program.fail(added.error());
            return;
        }
    }
    printing->printNew();
    if (!wish.follows || areAllOver(program, containers)) {
        printing->printNew();
        program.finish();
        return;
    }
    printing->watch();
    const auto isEnding = std::make_shared<bool>(false);
    const auto endOnce = [isEnding, printing](const std::function<void()>& end) {
        if (std::exchange(*isEnding, true))
            return;
        printing->printNew();
        end();
    };
    QObject::connect(&program, &Program::interrupted, printing, [endOnce, then] { endOnce(then); });
    const auto look = [&program, containers, endOnce] {
        if (areAllOver(program, containers))
            endOnce([&program] { program.finish(); });
    };
    QObject::connect(&program.registry(), &WorkloadRegistry::changed, printing, look);
    QObject::connect(&program.registry(), &WorkloadRegistry::removed, printing, look);
}

void addComposeLogsVerb(CLI::App& compose, ChosenVerb& chosen, const std::shared_ptr<ComposeArguments>& arguments)
{
    const auto options = std::make_shared<ComposeLogOptions>();
    options->project = arguments;
    auto* verb = compose.add_subcommand("logs", "what all of them wrote, in the order of time");
    verb->add_option("SERVICE", options->services, "of these; all by default");
    verb->add_flag("-f,--follow", options->wish.follows, "go on until all have ended; the file is --file then");
    verb->add_flag("-t,--timestamps", options->wish.hasTimes, "the time before each line");
    verb->add_option("-n,--tail", options->wish.tail, "only so many of the last lines of each, or all")->type_name("N");
    verb->add_flag("--no-color", options->hasNoColors, "nor on a terminal");
    verb->callback([&chosen, options] {
        chosen = { Need::Containers, [options](Program& program) { composeLogs(program, *options); },
            followedIf(options->wish.follows) };
    });
}

} // namespace twinhull
