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
    world.isPortFree = [](const PublishedPort& port) { return port.hostPort != 8081; };
    world.hasSecret = [](const QString& name) { return name == u"key"; };
    world.isUsableDevice = [](const DeviceOption& device) { return device.source == u"/dev/snd/seq"; };
    world.controllers
        = QStringList{ QStringLiteral("cpu"), QStringLiteral("memory"), QStringLiteral("io"), QStringLiteral("pids") };
    world.isReadableFile = [](const QString& path) { return path == u"/isos/debian.iso"; };
    world.isFolder = [](const QString& path) { return path == u"/srv"; };
    world.isThere = [](const QString& path) { return path == u"/srv" || path == u"/etc/localtime"; };
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
        form.mounts = QStringLiteral("/srv:/www:ro, /etc/localtime:/etc/localtime:ro, cache:/var/cache");
        form.limits = { 256 * kMiB, 1.0, 512U };
        form.more.process = { QStringLiteral("web:33"), QStringLiteral("/srv"), QStringLiteral("sh -c"),
            QStringLiteral("db.example"), QStringLiteral("INT"), 5, QStringLiteral("a=b\nc"), true, KeepId{ 7U, {} } };
        form.more.network = { QStringLiteral("back:alias=db,store front"), QStringLiteral("9.9.9.9, 1.1.1.1"),
            QStringLiteral("lan ."), QStringLiteral("a:10.0.0.1") };
        form.more.security = { QStringLiteral("net_raw"), QStringLiteral("ALL"), SeccompChoice::Unconfined, {},
            QStringLiteral("/dev/snd/seq"), QStringLiteral("/tmp:size=1m,exec /x"), QStringLiteral("key"), true, true };
        form.more.limits = { QStringLiteral("512M"), {}, QStringLiteral("512"), { QStringLiteral("/dev/sda:1M") } };
        QVERIFY(checkForm(form, makeWorld()).empty());
    }

    /// What was typed for a container is nobody's mistake when it is to be a VM, and no part of its plan.
    void aVmHasOnlyTheProcess()
    {
        CreateForm form = makeForm();
        form.kind = NewWorkload::Vm;
        form.limits.memoryBytes = 256 * kMiB;
        form.more.process.user = QStringLiteral("web");
        form.more.process.hasInit = true;
        form.more.network.nameServers = QStringLiteral("nonsense");
        form.more.security.addedCapabilities = QStringLiteral("net_raw");
        QVERIFY(checkForm(form, makeWorld()).empty());
        const WorkloadPlan plan = workloadPlanOf(form);
        QCOMPARE(plan.process.user, QStringLiteral("web"));
        QVERIFY(!plan.process.hasInit && plan.security == SecurityOptions() && plan.naming == NamingOptions());
    }

    void tellsWhatThisComputerCannotDo()
    {
        CreateForm form = makeForm();
        form.more.limits.cpuSet = QStringLiteral("0");
        const auto sentence = checkForm(form, makeWorld()).at(FormField::CpuSet).sentence;
        QVERIFY2(sentence.contains(QStringLiteral("cpuset")), qPrintable(sentence));
        FormWorld world = makeWorld();
        world.controllers.reset(); // not known
        QVERIFY(checkForm(form, world).empty());
        form.more.limits.cpuSet.clear();
        form.limits = { 256 * kMiB, 1.0, 512U };
        world.controllers = QStringList{ QStringLiteral("cpu") };
        const auto problems = checkForm(form, world);
        QVERIFY(problems.at(FormField::Memory).sentence.contains(QStringLiteral("\"memory\"")));
        QVERIFY(problems.at(FormField::Pids).sentence.contains(QStringLiteral("\"pids\"")));
        QVERIFY(problems.find(FormField::Cpus) == problems.end());
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
        row("half a range", FormField::Ports, [](auto& form) { form.ports = QStringLiteral("9000-9010:80"); });
        row("too many ports", FormField::Ports,
            [](auto& form) { form.ports = QStringLiteral("9000-9040:9000-9040 9100-9140:9100-9140"); });
        row("user with a blank", FormField::User, [](auto& form) { form.more.process.user = QStringLiteral("a b"); });
        row("relative folder", FormField::WorkingFolder,
            [](auto& form) { form.more.process.workingFolder = QStringLiteral("srv"); });
        row("open quote in the entrypoint", FormField::Entrypoint,
            [](auto& form) { form.more.process.entrypoint = QStringLiteral("'x"); });
        row("host name", FormField::HostName, [](auto& form) { form.more.process.hostName = QStringLiteral("a_b"); });
        row("signal", FormField::StopSignal, [](auto& form) { form.more.process.stopSignal = QStringLiteral("SIGX"); });
        row("label", FormField::LabelLines, [](auto& form) { form.more.process.labels = QStringLiteral("a=b\n=c"); });
        row("network", FormField::Networks,
            [](auto& form) { form.more.network.networks = QStringLiteral("back:ip=x"); });
        row("two kinds of network", FormField::Networks,
            [](auto& form) { form.more.network.networks = QStringLiteral("host back"); });
        row("name server", FormField::NameServers,
            [](auto& form) { form.more.network.nameServers = QStringLiteral("9.9.9.9 dns"); });
        row("name server without network", FormField::NameServers, [](auto& form) {
            form.more.network.nameServers = QStringLiteral("9.9.9.9");
            form.hasNetwork = false;
        });
        row("search domain", FormField::SearchDomains,
            [](auto& form) { form.more.network.searchDomains = QStringLiteral("a..b"); });
        row("host entry", FormField::Hosts, [](auto& form) { form.more.network.hosts = QStringLiteral("db"); });
        row("capability", FormField::AddedCapabilities,
            [](auto& form) { form.more.security.addedCapabilities = QStringLiteral("NET_RAW MAGIC"); });
        row("capability both ways", FormField::DroppedCapabilities, [](auto& form) {
            form.more.security.addedCapabilities = QStringLiteral("net_raw");
            form.more.security.droppedCapabilities = QStringLiteral("CAP_NET_RAW");
        });
        row("no profile", FormField::Seccomp, [](auto& form) { form.more.security.seccomp = SeccompChoice::File; });
        row("folder in memory", FormField::TemporaryFolders,
            [](auto& form) { form.more.security.temporaryFolders = QStringLiteral("/x:size=no"); });
        row("a secret with no form", FormField::Secrets,
            [](auto& form) { form.more.security.secrets = QStringLiteral("key,mode=9"); });
        row("a secret that is not there", FormField::Secrets,
            [](auto& form) { form.more.security.secrets = QStringLiteral("key other"); });
        row("a device of others", FormField::Devices,
            [](auto& form) { form.more.security.devices = QStringLiteral("/dev/snd/seq /dev/mem"); });
        row("swap without a memory limit", FormField::Swap,
            [](auto& form) { form.more.limits.memoryAndSwap = QStringLiteral("1G"); });
        row("less swap than memory", FormField::Swap, [](auto& form) {
            form.limits.memoryBytes = 256 * kMiB;
            form.more.limits.memoryAndSwap = QStringLiteral("1M");
        });
        row("removed and started again", FormField::Restart, [](auto& form) {
            form.more.upkeep.isRemovedAtEnd = true;
            form.more.upkeep.restart.when = RestartPolicy::When::Always;
        });
        row("health interval", FormField::HealthInterval, [](auto& form) {
            form.more.upkeep = { {}, QStringLiteral("true"), QStringLiteral("often"), {} };
        });
        row("health retries", FormField::HealthRetries, [](auto& form) {
            form.more.upkeep = { {}, QStringLiteral("true"), {}, QStringLiteral("0") };
        });
        row("log size", FormField::LogSize, [](auto& form) { form.more.upkeep.logSize = QStringLiteral("1K"); });
        row("log files", FormField::LogFiles, [](auto& form) { form.more.upkeep.logFiles = QStringLiteral("101"); });
        row("health without a command", FormField::HealthCommand,
            [](auto& form) { form.more.upkeep.onUnhealthy = UnhealthyAction::Restart; });
        row("shares", FormField::CpuShares, [](auto& form) { form.more.limits.cpuShares = QStringLiteral("1"); });
        row("rate", FormField::ReadBytes, [](auto& form) { form.more.limits.deviceRates[0] = QStringLiteral("sda"); });
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
        const auto tree = [](auto& form) {
            form.kind = NewWorkload::Vm;
            form.vmSource = VmSource::Tree;
            form.diskBytes = 1024 * kMiB;
        };
        for (const char* place : { "", "ftp://mirror/x", "https://", "/nope" })
            row((QByteArray("installer from \"") + place + '"').constData(), FormField::Source,
                [tree, place](auto& form) {
                    tree(form);
                    form.mediumPath = QLatin1String(place);
                });
        row("an installer whose user has no password", FormField::UnattendedPassword, [tree](auto& form) {
            tree(form);
            form.mediumPath = QStringLiteral("https://mirror/x");
            form.machine.unattended = UnattendedText{ QStringLiteral("anna"), {}, {}, {} };
        });
        row("nothing to start from", FormField::Source, [tree](auto& form) {
            tree(form);
            form.vmSource = VmSource::Network;
            form.hasNetwork = false;
        });
        const auto cloud = [](auto& form) {
            form.kind = NewWorkload::Vm;
            form.vmSource = VmSource::CloudImage;
            form.mediumPath = QStringLiteral("/isos/debian.iso");
        };
        row("nobody can log in", FormField::CloudKeys, [cloud](auto& form) { cloud(form); });
        row("a password of nobody", FormField::CloudUser, [cloud](auto& form) {
            cloud(form);
            form.machine.cloudInit.password = QStringLiteral("x");
        });
        row("no size", FormField::EnlargedDisk, [cloud](auto& form) {
            cloud(form);
            form.vmSource = VmSource::Disk;
            form.machine.enlargedTo = QStringLiteral("much");
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

    void aPortOfAnotherProtocolOrFamilyIsAnotherPort()
    {
        CreateForm form = makeForm();
        form.ports = QStringLiteral("8080:80/udp"); // web has it in TCP
        QVERIFY(checkForm(form, makeWorld()).empty());
        form.kind = NewWorkload::Vm;
        QVERIFY(checkForm(form, makeWorld()).empty());
        form.kind = NewWorkload::Container;
        form.ports = QStringLiteral("[::1]:8080:80"); // and on IPv4
        QVERIFY(checkForm(form, makeWorld()).empty());
        form.kind = NewWorkload::Vm;
        QVERIFY(checkForm(form, makeWorld()).empty());
        form.kind = NewWorkload::Container;
        form.ports = QStringLiteral("9000:80, [::1]:9000:80"); // the first is at both
        QVERIFY(checkForm(form, makeWorld()).contains(FormField::Ports));
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
            QStringLiteral("twinhullctl run --name shop -p 8080:80 -v /srv:/www:ro -e TZ=Europe/Berlin "
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
            QStringLiteral(
                "twinhullctl vm create --start --name shop --cdrom '/isos/my debian.iso' --disk 20G --memory 2G"));
    }

    void tellsNoPasswordOnACommandLine()
    {
        CreateForm form = makeForm();
        form.kind = NewWorkload::Vm;
        form.vmSource = VmSource::CloudImage;
        form.mediumPath = QStringLiteral("/c.qcow2");
        form.machine.cloudInit.user = QStringLiteral("anna");
        form.machine.cloudInit.password = QStringLiteral("hunter2");
        form.machine.cloudInit.packages = QStringLiteral("git, vim");
        form.machine.firmware = MachineFirmware::Uefi;
        QCOMPARE(equivalentCommand(form),
            QStringLiteral("twinhullctl vm import --start --name shop --disk /c.qcow2 --cloud-init user=anna "
                           "--cloud-init password-file=FILE --cloud-init packages=git+vim --firmware uefi"));
        QCOMPARE(machineImportOf(form).cloudInit->password, QStringLiteral("hunter2"));
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
