// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/equivalent_command.h"

#include "app/twinhullctl/machine_options.h"
#include "app/twinhullctl/plan_options.h"
#include "app/twinhullctl/twin_options.h"
#include "core/base/subprocess.h"
#include "core/workload/plan_command.h"

#include <QTemporaryFile>
#include <QTest>

using namespace twinhull;

Q_DECLARE_METATYPE(CreateForm)

/// What the window shows as the equivalent command, split by a real shell and read by twinhullctl's own options, is the
/// plan that the window would carry out.
class EquivalentCommandTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_medium.open()); }

    void makesTheSamePlan_data()
    {
        QTest::addColumn<CreateForm>("form");
        QTest::newRow("container") << full(NewWorkload::Container);
        QTest::newRow("VM from an image") << full(NewWorkload::Vm);
        auto small = full(NewWorkload::Vm);
        small.imageMachine = MachineChoice::Microvm;
        QTest::newRow("VM from an image, of a machine by name") << small;
        auto dashed = full(NewWorkload::Container);
        dashed.command = QStringLiteral("-weird --json -- 'two words'");
        QTest::newRow("command that begins with a dash") << dashed;
        auto bare = CreateForm{};
        bare.image = QStringLiteral("starter");
        bare.name = QStringLiteral("bare");
        bare.hasNetwork = false;
        QTest::newRow("nothing but a name") << bare;
        auto networked = bare;
        networked.hasNetwork = true;
        networked.more.network.networks = QStringLiteral("back:alias=db,store:ip=10.1.0.7,ip6=fd00::7 front");
        QTest::newRow("networks") << networked;
        networked.more.network.networks = QStringLiteral("host");
        QTest::newRow("this computer's network") << networked;
    }

    void makesTheSamePlan()
    {
        QFETCH(CreateForm, form);
        CLI::App app;
        CreateOptions options;
        auto* verb = addPlanVerb(app, "run", "", options);
        const auto tail = parse(app, splitByShell(equivalentCommand(form)));
        finishPlan(*verb, tail, options);
        QCOMPARE(options.isVm, form.kind == NewWorkload::Vm);
        const auto plan = planFrom(options.arguments);
        QVERIFY2(plan, plan ? "" : plan.error().message.c_str());
        compare(*plan, workloadPlanOf(form));
    }

    void makesTheSameMachine_data()
    {
        QTest::addColumn<CreateForm>("form");
        auto iso = plain(VmSource::Iso);
        iso.diskBytes = (std::uint64_t{ 20 } << 30U) + 512;
        iso.machine.systemId = QStringLiteral("win11");
        iso.hasNetwork = false;
        QTest::newRow("medium") << iso;
        auto network = plain(VmSource::Network);
        network.mediumPath.clear();
        network.diskBytes = std::uint64_t{ 20 } << 30U;
        QTest::newRow("network") << network;
        network.machine.card = { MachineCard::Kind::Network, QStringLiteral("back end"), QStringLiteral("virtio") };
        network.machine.pool = QStringLiteral("fast disks");
        network.machine.volume = QStringLiteral("root.qcow2");
        QTest::newRow("in a network, with a volume") << network;
        network.machine.card = { MachineCard::Kind::Bridge, QStringLiteral("br0") };
        network.machine.volume.clear();
        network.diskBytes += 512;
        QTest::newRow("on a bridge, with an odd size in a pool") << network;
        network.machine.card = { MachineCard::Kind::User, {}, QStringLiteral("e1000") };
        QTest::newRow("another card in QEMU's own") << network;
        auto tree = plain(VmSource::Tree);
        tree.diskBytes = std::uint64_t{ 20 } << 30U;
        QTest::newRow("installer of an ISO file") << tree;
        tree.mediumPath = QStringLiteral("https://mirror.example/dists/bookworm");
        tree.machine.kernelArguments = QStringLiteral("--quiet console='ttyS0'");
        QTest::newRow("installer from an address") << tree;
        tree.machine.unattended
            = UnattendedText{ QStringLiteral("anna"), QStringLiteral("secret"), {}, QStringLiteral("db") };
        QTest::newRow("unattended installer") << tree;
        auto disk = plain(VmSource::Disk);
        disk.ports = QStringLiteral("8080:80, 9000-9001:90-91");
        disk.machine.firmware = MachineFirmware::SecureBoot;
        disk.machine.enlargedTo = QStringLiteral("40G");
        QTest::newRow("disk") << disk;
        disk.machine.isInPlace = true;
        QTest::newRow("disk in place") << disk;
        auto cloud = plain(VmSource::CloudImage);
        cloud.machine.cloudInit.user = QStringLiteral("anna");
        cloud.machine.cloudInit.hostName = QStringLiteral("db");
        cloud.machine.cloudInit.packages = QStringLiteral("git vim");
        QTest::newRow("cloud image") << cloud;
    }

    void makesTheSameMachine()
    {
        QFETCH(CreateForm, form);
        CLI::App app;
        ImportOptions import;
        InstallOptions install;
        auto* vm = app.add_subcommand("vm");
        addImportOptions(*vm->add_subcommand("import"), import);
        addInstallOptions(*vm->add_subcommand("create"), install);
        QTemporaryFile password;
        QVERIFY(password.open() && password.write("secret\n") == 7 && password.flush());
        QString command = equivalentCommand(form);
        QVERIFY(!command.contains(QStringLiteral("secret")));
        command.replace(
            QStringLiteral("--user-password-file FILE"), QStringLiteral("--user-password-file ") + password.fileName());
        parse(app, splitByShell(command));
        const bool isInstall = form.makesDisk();
        const auto read = isInstall ? installFrom(install) : importFrom(import);
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        const MachineImport wanted = machineImportOf(form);
        compare(read->plan, wanted.plan);
        QCOMPARE(isInstall ? install.system : import.system, form.machine.systemId.toStdString());
        QVERIFY(isInstall ? install.isStarted : import.isStarted);
        QVERIFY(read->firmware == wanted.firmware && read->cloudInit == wanted.cloudInit);
        QVERIFY(read->installer == wanted.installer && read->card == wanted.card);
        QCOMPARE(read->pool, wanted.pool);
        QCOMPARE(read->volume, wanted.volume);
        QVERIFY(read->handling == wanted.handling && read->diskBytes == wanted.diskBytes);
    }

    void readsAnEntrypointOfNothingBack()
    {
        auto form = full(NewWorkload::Container);
        form.more.process.entrypoint = QStringLiteral("''");
        QVERIFY(workloadPlanOf(form).process.entrypoint->isEmpty());
        CLI::App app;
        CreateOptions options;
        addPlanVerb(app, "run", "", options);
        parse(app, splitByShell(equivalentCommand(form)));
        const auto plan = planFrom(options.arguments);
        QVERIFY(plan && plan->process.entrypoint && plan->process.entrypoint->isEmpty());
    }

    void readsATerminalBack()
    {
        WorkloadPlan plan;
        plan.name = QStringLiteral("shell");
        plan.source = ImageSource{ QStringLiteral("starter") };
        plan.hasTerminal = true;
        CLI::App app;
        CreateOptions options;
        addPlanVerb(app, "run", "", options);
        parse(app, splitByShell(shellLine(planCommand(plan, WorkloadKind::Container))));
        QVERIFY(planFrom(options.arguments)->hasTerminal);
    }

    void readsOpenInputBack()
    {
        WorkloadPlan plan;
        plan.name = QStringLiteral("filter");
        plan.source = ImageSource{ QStringLiteral("starter") };
        plan.hasInput = true;
        CLI::App app;
        CreateOptions options;
        addPlanVerb(app, "run", "", options);
        parse(app, splitByShell(shellLine(planCommand(plan, WorkloadKind::Container))));
        QVERIFY(planFrom(options.arguments)->hasInput);
    }

    void readsBackHowItIsLookedAfter()
    {
        WorkloadPlan plan;
        plan.name = QStringLiteral("db");
        plan.source = ImageSource{ QStringLiteral("starter") };
        plan.upkeep.restart = { RestartPolicy::When::OnFailure, 4 };
        plan.upkeep.health = HealthCheck{ { "/bin/sh", "-c", "test -e '/a b' || exit 1" },
            std::chrono::milliseconds(1500), std::chrono::seconds(7), std::chrono::minutes(2), 9, UnhealthyAction::Stop,
            std::chrono::milliseconds(300) };
        plan.upkeep.log = { 3U << 20U, 7 };
        const auto readBack = [](const WorkloadPlan& wanted) {
            CLI::App app;
            CreateOptions options;
            addPlanVerb(app, "run", "", options);
            parse(app, splitByShell(shellLine(planCommand(wanted, WorkloadKind::Container))));
            return planFrom(options.arguments)->upkeep;
        };
        QVERIFY(readBack(plan) == plan.upkeep);
        plan.upkeep.health.reset();
        plan.upkeep.hasNoHealthCheck = true;
        QVERIFY(readBack(plan) == plan.upkeep);
        plan.upkeep.restart = {};
        plan.upkeep.isRemovedAtEnd = true;
        QVERIFY(readBack(plan) == plan.upkeep);
    }

    void makesTheSameTwin_data()
    {
        QTest::addColumn<QString>("command");
        QTest::newRow("plain command") << full(NewWorkload::Twin).command;
        QTest::newRow("command that begins with a dash") << QStringLiteral("-weird arg -- --name x");
    }

    void makesTheSameTwin()
    {
        QFETCH(QString, command);
        auto form = full(NewWorkload::Twin);
        form.command = command;
        form.twinPort = 8080;
        form.imageMachine = MachineChoice::Q35;
        CLI::App app;
        TwinOptions options;
        auto* twin = app.add_subcommand("twin");
        auto* verb = twin->add_subcommand("create");
        addTwinPlanOptions(*verb, options);
        const auto tail = parse(app, splitByShell(equivalentCommand(form)));
        options.command = commandAfter(*verb, tail);
        const auto plan = planFrom(options, QString::fromStdString(options.name));
        QVERIFY2(plan, plan ? "" : plan.error().message.c_str());
        const auto wanted = twinPlanOf(form);
        QCOMPARE(plan->imageReference, wanted.imageReference);
        QCOMPARE(plan->name, wanted.name);
        QCOMPARE(plan->command, wanted.command);
        QCOMPARE(plan->environment, wanted.environment);
        QVERIFY(plan->limits == wanted.limits);
        QCOMPARE(plan->workloadPort, wanted.workloadPort);
        QVERIFY(plan->machine == wanted.machine && plan->machine == MachineChoice::Q35);
    }

    void aMachineIsForVmsFromImagesAlone_data()
    {
        QTest::addColumn<QString>("words");
        QTest::addColumn<bool>("isTaken");
        QTest::newRow("VM") << QStringLiteral("--vm --machine auto starter") << true;
        QTest::newRow("container") << QStringLiteral("--machine q35 starter") << false;
        QTest::newRow("VM of a medium") << QStringLiteral("--machine q35 --iso x.iso") << false;
        QTest::newRow("no such machine") << QStringLiteral("--vm --machine isapc starter") << false;
    }

    void aMachineIsForVmsFromImagesAlone()
    {
        QFETCH(QString, words);
        QFETCH(bool, isTaken);
        CLI::App app;
        CreateOptions options;
        auto* verb = addPlanVerb(app, "run", "", options);
        auto line = cutCommandTail(app, splitByShell(QStringLiteral("run ") + words));
        std::reverse(line.words.begin(), line.words.end());
        QString refusal;
        try {
            app.parse(line.words);
            finishPlan(*verb, line.tail, options);
        } catch (const CLI::Error& error) {
            refusal = QString::fromStdString(error.what());
        }
        QCOMPARE(refusal.isEmpty(), isTaken);
        QVERIFY2(isTaken || refusal.contains(QStringLiteral("--machine")), qPrintable(refusal));
    }

private:
    static CreateForm full(NewWorkload kind)
    {
        CreateForm form;
        form.kind = kind;
        form.image = QStringLiteral("registry.example:5000/team/web:1.25");
        form.name = QStringLiteral("web-1");
        form.command = QStringLiteral("sh -c 'echo \"$HOME\" it\\''s -v ~' --memory 7");
        form.environment = QStringLiteral("TZ=Europe/Berlin\nTEXT=two words; $(id) `id` 'x' \"y\" = ö");
        form.ports = QStringLiteral("8080:80, 0.0.0.0:8443:443");
        form.more = fullMore();
        if (kind == NewWorkload::Container)
            form.ports += QStringLiteral(", 5000-5003:6000-6003/udp");
        if (kind == NewWorkload::Container)
            form.mounts = QStringLiteral("/:/host:ro, store:/data, other:/o:nocopy");
        form.limits = { 300 * (std::uint64_t{ 1 } << 20U) + 1024, 1.0 / 3, {} };
        if (kind != NewWorkload::Vm)
            form.limits.pids = 512;
        return form;
    }

    static MoreForm fullMore()
    {
        MoreForm more;
        more.process = { QStringLiteral("web:33"), QStringLiteral("/srv/my site"), QStringLiteral("sh -c 'echo \"x\"'"),
            QStringLiteral("db.example"), QStringLiteral("SIGINT"), 0, QStringLiteral("a=b c\n# no\nempty="), true,
            KeepId{ 7U, 8U } };
        more.network = { {}, QStringLiteral("9.9.9.9 1.1.1.1"), QStringLiteral("lan"),
            QStringLiteral("a:10.0.0.1, b:[fd00::1]") };
        more.security = { QStringLiteral("net_raw"), QStringLiteral("ALL"), SeccompChoice::File,
            QStringLiteral("/etc/my profile.json"), QStringLiteral("/dev/null:/dev/n:r"),
            QStringLiteral("/tmp:size=1m,exec /x"), QStringLiteral("key,mode=0400 pin,target=/etc/pin,uid=7"), true,
            true };
        more.limits = { QStringLiteral("-1"), QStringLiteral("0-1"), QStringLiteral("512"),
            { QStringLiteral("/dev/sda:1M"), QStringLiteral("/dev/sda:2M, /dev/sdb:1000"), QStringLiteral("/dev/sda:5"),
                {} } };
        return more;
    }

    CreateForm plain(VmSource source) const
    {
        CreateForm form;
        form.kind = NewWorkload::Vm;
        form.vmSource = source;
        form.mediumPath = m_medium.fileName();
        form.name = QStringLiteral("my old VM");
        form.limits = { std::uint64_t{ 2 } << 30U, 4.0, {} };
        return form;
    }

    static std::vector<std::string> splitByShell(const QString& line)
    {
        const auto printed = runChecked(
            { { "/bin/sh", "-c", "printf '%s\\036' " + line.toStdString() }, {}, {} }, std::chrono::seconds(10));
        std::vector<std::string> words;
        for (const auto& word : QString::fromStdString(printed ? *printed : std::string()).split(u'\x1e'))
            words.push_back(word.toStdString());
        words.pop_back();
        return words;
    }

    /// As twinhullctl reads its words; what stood behind "--".
    static CommandTail parse(CLI::App& app, const std::vector<std::string>& words)
    {
        auto line = cutCommandTail(app, { words.begin() + 1, words.end() });
        std::reverse(line.words.begin(), line.words.end());
        try {
            app.parse(line.words);
        } catch (const CLI::ParseError& error) {
            QTest::qFail(error.what(), __FILE__, __LINE__);
        }
        return line.tail;
    }

    static void compare(const WorkloadPlan& read, const WorkloadPlan& wanted)
    {
        QCOMPARE(read.name, wanted.name);
        QCOMPARE(read.command, wanted.command);
        QCOMPARE(read.environment, wanted.environment);
        QVERIFY(read.ports == wanted.ports);
        QVERIFY(read.limits == wanted.limits);
        QCOMPARE(read.hasNetwork, wanted.hasNetwork);
        QCOMPARE(read.hasTerminal, wanted.hasTerminal);
        QCOMPARE(read.hasInput, wanted.hasInput);
        QCOMPARE(read.hasHostNetwork, wanted.hasHostNetwork);
        QVERIFY(read.networks == wanted.networks);
        QVERIFY(read.process == wanted.process);
        QVERIFY(read.naming == wanted.naming);
        QVERIFY(read.files == wanted.files);
        QVERIFY(read.security == wanted.security);
        QVERIFY(read.fineLimits == wanted.fineLimits);
        QCOMPARE(read.labels, wanted.labels);
        QCOMPARE(read.mounts.size(), wanted.mounts.size());
        for (std::size_t i = 0; i < read.mounts.size(); ++i) {
            QCOMPARE(read.mounts[i].source, wanted.mounts[i].source);
            QCOMPARE(read.mounts[i].target, wanted.mounts[i].target);
            QCOMPARE(read.mounts[i].readOnly, wanted.mounts[i].readOnly);
            QCOMPARE(read.mounts[i].startsEmpty, wanted.mounts[i].startsEmpty);
        }
        QCOMPARE(read.source.index(), wanted.source.index());
        if (const auto* image = std::get_if<ImageSource>(&read.source))
            QCOMPARE(image->reference, std::get<ImageSource>(wanted.source).reference);
        if (const auto* disk = std::get_if<DiskSource>(&read.source))
            QCOMPARE(disk->path, std::get<DiskSource>(wanted.source).path);
        if (const auto* iso = std::get_if<IsoSource>(&read.source)) {
            QCOMPARE(iso->path, std::get<IsoSource>(wanted.source).path);
            QCOMPARE(iso->diskBytes, std::get<IsoSource>(wanted.source).diskBytes);
        }
    }

    QTemporaryFile m_medium;
};

QTEST_GUILESS_MAIN(EquivalentCommandTest)
#include "equivalent_command_test.moc"
