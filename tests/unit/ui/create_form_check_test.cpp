// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/equivalent_command.h"
#include "ui/create/form_check.h"
#include "tests/support/fake_provider.h"

#include <QTest>

using namespace twinhull;
using test::makeWorkload;

namespace {

constexpr std::uint64_t kMiB = 1ULL << 20U;

FormWorld makeWorld()
{
    FormWorld world;
    auto web = makeWorkload(WorkloadKind::Container, QStringLiteral("web"));
    web.ports = { { QStringLiteral("127.0.0.1"), 8080, 80 } };
    world.workloads = { web };
    world.findImage = [](const QString& reference) -> std::optional<ImageInfo> {
        if (reference != u"nginx:1.25")
            return std::nullopt;
        return ImageInfo{};
    };
    world.isPortFree = [](const QString&, std::uint16_t port) { return port != 8081; };
    world.isReadableFile = [](const QString& path) { return path == u"/isos/debian.iso"; };
    world.isFolder = [](const QString& path) { return path == u"/srv"; };
    world.hostMemoryBytes = 8192 * kMiB;
    world.hostCpus = 2;
    return world;
}

CreateForm makeForm()
{
    CreateForm form;
    form.image = QStringLiteral("nginx:1.25");
    form.name = QStringLiteral("shop");
    return form;
}

} // namespace

class CreateFormCheckTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void acceptsAWholeForm()
    {
        CreateForm form = makeForm();
        form.command = QStringLiteral("nginx -g 'daemon off;'");
        form.environment = QStringLiteral("TZ=Europe/Berlin\nEMPTY=");
        form.ports = QStringLiteral("9000:80");
        form.mounts = QStringLiteral("/srv:/www:ro, cache:/var/cache");
        form.limits = { 256 * kMiB, 1.0, 512U };
        QVERIFY(checkForm(form, makeWorld()).empty());
    }

    void refuses_data()
    {
        QTest::addColumn<std::function<void(CreateForm&)>>("change");
        QTest::addColumn<int>("field");
        using Change = std::function<void(CreateForm&)>;
        const auto row = [](const char* name, FormField field, Change change) {
            QTest::newRow(name) << change << static_cast<int>(field);
        };
        row("no image", FormField::Source, [](auto& form) { form.image.clear(); });
        row("unknown image", FormField::Source, [](auto& form) { form.image = QStringLiteral("nope"); });
        row("no name", FormField::Name, [](auto& form) { form.name.clear(); });
        row("name with a slash", FormField::Name, [](auto& form) { form.name = QStringLiteral("a/b"); });
        row("open quote", FormField::Command, [](auto& form) { form.command = QStringLiteral("sh -c 'x"); });
        row("no variable", FormField::Environment, [](auto& form) { form.environment = QStringLiteral("=x"); });
        row("port without network", FormField::Ports, [](auto& form) {
            form.ports = QStringLiteral("9000:80");
            form.hasNetwork = false;
        });
        row("port twice", FormField::Ports, [](auto& form) { form.ports = QStringLiteral("9000:80 9000:81"); });
        row("missing folder", FormField::Mounts, [](auto& form) { form.mounts = QStringLiteral("/nope:/x"); });
        row("more memory than there is", FormField::Memory, [](auto& form) { form.limits.memoryBytes = 9000 * kMiB; });
        row("more cores than there are", FormField::Cpus, [](auto& form) { form.limits.cpus = 3; });
        row("missing medium", FormField::Source, [](auto& form) {
            form.kind = NewWorkload::Vm;
            form.vmSource = VmSource::Iso;
            form.mediumPath = QStringLiteral("/nope.iso");
            form.diskBytes = 1024 * kMiB;
        });
        row("no disk", FormField::Disk, [](auto& form) {
            form.kind = NewWorkload::Vm;
            form.vmSource = VmSource::Iso;
            form.mediumPath = QStringLiteral("/isos/debian.iso");
        });
        row("tiny vm", FormField::Memory, [](auto& form) {
            form.kind = NewWorkload::Vm;
            form.limits.memoryBytes = 8 * kMiB;
        });
    }

    void refuses()
    {
        QFETCH(std::function<void(CreateForm&)>, change);
        QFETCH(int, field);
        CreateForm form = makeForm();
        change(form);
        const FormProblems problems = checkForm(form, makeWorld());
        QCOMPARE(problems.size(), std::size_t(1));
        QCOMPARE(static_cast<int>(problems.begin()->first), field);
        QVERIFY(!problems.begin()->second.sentence.isEmpty());
    }

    void offersTheNextFreeName()
    {
        CreateForm form = makeForm();
        form.name = QStringLiteral("web");
        const FieldProblem problem = checkForm(form, makeWorld()).at(FormField::Name);
        QCOMPARE(problem.fixedText, QStringLiteral("web-2"));
        form.kind = NewWorkload::Vm;
        QVERIFY(checkForm(form, makeWorld()).empty()); // a VM may bear a container's name
        form.kind = NewWorkload::Twin;
        QVERIFY(checkForm(form, makeWorld()).contains(FormField::Name));
    }

    void offersTheNextFreePortAndKeepsTheOthers()
    {
        CreateForm form = makeForm();
        form.ports = QStringLiteral("9000:90, 8080:80");
        const FieldProblem problem = checkForm(form, makeWorld()).at(FormField::Ports);
        QVERIFY(problem.sentence.startsWith(QStringLiteral("Port 8080 is used by web (container).")));
        QCOMPARE(problem.fixedText, QStringLiteral("9000:90, 8082:80")); // 8081 is in use on this computer
    }

    void namesByImage()
    {
        QCOMPARE(nameFromImage(QStringLiteral("twinhull/starter:latest")), QStringLiteral("starter"));
        QCOMPARE(nameFromImage(QStringLiteral("host:5000/a/nginx@sha256:00")), QStringLiteral("nginx"));
    }

    void tellsTheEquivalentCommand()
    {
        CreateForm form = makeForm();
        form.command = QStringLiteral("sh -c 'echo hi'");
        form.environment = QStringLiteral("TZ=Europe/Berlin");
        form.ports = QStringLiteral("8080:80");
        form.mounts = QStringLiteral("/srv:/www:ro");
        form.limits = { 256 * kMiB, 0.5, 512U };
        QCOMPARE(equivalentCommand(form),
            QStringLiteral("twinhullctl run --name shop -p 127.0.0.1:8080:80 -v /srv:/www:ro -e TZ=Europe/Berlin "
                           "--memory 256M --cpus 0.5 --pids 512 nginx:1.25 sh -c 'echo hi'"));
    }

    void tellsTheEquivalentCommandOfAVm()
    {
        CreateForm form = makeForm();
        form.kind = NewWorkload::Vm;
        form.vmSource = VmSource::Iso;
        form.mediumPath = QStringLiteral("/isos/my debian.iso");
        form.diskBytes = 20480 * kMiB;
        form.limits.memoryBytes = 2048 * kMiB;
        QCOMPARE(equivalentCommand(form),
            QStringLiteral("twinhullctl run --vm --name shop --memory 2G --iso --disk-size 20G '/isos/my debian.iso'"));
    }

    void makesAPlan()
    {
        CreateForm form = makeForm();
        form.command = QStringLiteral("sh -c 'echo hi'");
        form.ports = QStringLiteral("8080:80");
        const WorkloadPlan plan = workloadPlanOf(form);
        QCOMPARE(std::get<ImageSource>(plan.source).reference, QStringLiteral("nginx:1.25"));
        QCOMPARE(plan.command.size(), 3);
        QCOMPARE(plan.ports.front().hostPort, std::uint16_t(8080));
    }
};

QTEST_GUILESS_MAIN(CreateFormCheckTest)
#include "create_form_check_test.moc"
