// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/compose_labels.h"
#include "core/compose/compose_scale.h"
#include "core/compose/container_plan.h"
#include "core/compose/line_prefix.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace twinhull;

/// How many containers services have, and how their project is found again.
class ComposeScaleTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void saysWhatContainersCannotShare_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("problem"); // how it ends
        const auto row = [](const char* text, const char* problem) {
            QTest::newRow(text) << QString::fromLatin1(text) << QString::fromLatin1(problem);
        };
        row("free=100", "");
        row("free=0", "");
        row("free=101", "a number of up to 100");
        row("free=-1", "a number of up to 100");
        row("free", "a number of up to 100");
        row("free=2=3", "a number of up to 100");
        row("nobody=1", "a number of up to 100");
        row("fixed=1", "");
        row("fixed=2", "fixed=2: 2 containers cannot share port 8080; publish a range");
        row("range=2", "");
        row("range=3", "3 containers cannot share port 8080; publish a range");
        row("named=2", "several containers cannot bear one container_name");
        row("placed=2", "2 containers cannot share the address 10.5.0.9");
    }
    void saysWhatContainersCannotShare()
    {
        QFETCH(QString, text);
        QFETCH(QString, problem);
        const auto scales = scalesFromTexts({ text }, project());
        QCOMPARE(static_cast<bool>(scales), problem.isEmpty());
        if (!scales)
            QVERIFY2(QString::fromStdString(scales.error().message).contains(problem), scales.error().message.c_str());
    }

    /// Scaling one service leaves the others as they are.
    void asksForAsManyOfOthersAsThereAre()
    {
        std::vector<WorkloadInfo> containers;
        const auto add = [&containers](const char* service, const char* number) {
            WorkloadInfo info;
            info.id.kind = WorkloadKind::Container;
            info.labels = { { kProjectLabel, QStringLiteral("many") }, { kServiceLabel, QLatin1String(service) },
                { kNumberLabel, QLatin1String(number) } };
            containers.push_back(info);
        };
        add("free", "7");
        containers.front().labels[kProjectLabel] = QStringLiteral("other");
        add("free", "1");
        add("free", "1"); // of a run that was killed
        add("range", "2"); // somebody removed the first
        add("gone", "4000000000");
        add("named", "nonsense");
        const auto wish = scaleWish(project(), containers, { { QStringLiteral("range"), 1 } });
        QCOMPARE(wish.services, QStringList{ QStringLiteral("range") });
        QCOMPARE(wish.scale.value(QStringLiteral("range")), 1U);
        QCOMPARE(wish.scale.value(QStringLiteral("free")), 1U);
        QCOMPARE(scalesOf(containers, QStringLiteral("many")).value(QStringLiteral("range")), 2U);
        QCOMPARE(wish.scale.value(QStringLiteral("gone")), 100U);
        QVERIFY(!wish.scale.contains(QStringLiteral("named")));
        QVERIFY(!wish.scale.contains(QStringLiteral("fixed"))); // as the file says
        QVERIFY(wish.recreatesNothing && wish.leavesOthers && !wish.removesOrphans);
    }

    void findsTheFilesThatLabelsTell()
    {
        QTemporaryDir folder;
        const auto make = [&folder](const char* name) {
            QFile file(folder.filePath(QLatin1String(name)));
            return file.open(QIODevice::WriteOnly) ? file.fileName() : QString();
        };
        const QString first = make("compose.yaml");
        const QString odd = make("a,b.yaml");
        auto made = project();
        made.file = first;
        made.otherFiles = QStringList{ make("more.yaml") };
        made.environmentFiles = QStringList{ make("one.env"), make("two.env") };
        WorkloadInfo info;
        info.name = QStringLiteral("many-free-1");
        info.labels = containerPlan(made, made.services.front(), 1, {}, {}).labels;
        const auto choice = composeChoiceOf(info);
        QVERIFY2(choice, choice ? "" : choice.error().message.c_str());
        QCOMPARE(choice->file, first);
        QCOMPARE(choice->otherFiles, made.otherFiles);
        QCOMPARE(choice->environmentFiles, made.environmentFiles);
        QCOMPARE(choice->projectName, QStringLiteral("many"));
        info.labels[kFileLabel] = odd;
        info.labels.remove(kEnvironmentFilesLabel);
        QCOMPARE(composeChoiceOf(info)->file, odd);
        for (const QString& label : { QString(), folder.path(), QStringLiteral("compose.yaml"),
                 QStringLiteral("/dev/null"), first + QStringLiteral(",/nowhere.yaml"), QString(300, u',') }) {
            info.labels[kFileLabel] = label;
            QVERIFY2(!composeChoiceOf(info), qPrintable(label));
        }
        QCOMPARE(composeChoiceOf(info).error().code, ErrorCode::NotFound);
    }

    /// However the bytes of a build come in pieces.
    void namesTheServiceBeforeEachLine()
    {
        const std::string said = "STEP 1\r\n\nhalf\rwhole\nend";
        const std::string shown = "web | STEP 1\r\nweb | \nweb | half\rweb | whole\nweb | end";
        for (std::size_t size = 1; size <= said.size(); ++size) {
            LinePrefix prefix("web");
            std::string all;
            for (std::size_t at = 0; at < said.size(); at += size)
                all += prefix.of(std::string_view(said).substr(at, size));
            QCOMPARE(all, shown);
        }
    }

private:
    static ComposeProject project()
    {
        const auto read = readCompose({ QStringLiteral("/srv/many/compose.yaml"),
            "name: many\nservices:\n  free: {image: x, ports: ['80']}\n  fixed: {image: x, ports: "
            "['0.0.0.0:8080:80']}\n"
            "  range: {image: x, ports: ['0.0.0.0:8080-8081:80']}\n  named: {image: x, container_name: one}\n"
            "  placed: {image: x, networks: {back: {ipv4_address: 10.5.0.9}}}\n"
            "networks: {back: {ipam: {config: [{subnet: 10.5.0.0/16}]}}}\n",
            {}, {} });
        for (const auto& finding : read.findings.all())
            qWarning("%s", qPrintable(findingLine(QStringLiteral("f"), finding)));
        return read.project;
    }
};

QTEST_GUILESS_MAIN(ComposeScaleTest)
#include "compose_scale_test.moc"
