// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_verb.h"
#include "core/images/guest_kernel.h"

#include <QJsonObject>

namespace twinhull {

namespace {

void show(Program& program)
{
    const auto kernel = requireGuestKernel(program.folders());
    if (!kernel) {
        program.fail(kernel.error());
        return;
    }
    if (program.wantsJson())
        program.print(QJsonObject{
            { QStringLiteral("version"), kernel->version },
            { QStringLiteral("vmlinux_path"), kernel->vmlinuxPath },
            { QStringLiteral("initramfs_path"), kernel->initramfsPath },
        });
    else
        program.print(QStringLiteral("%1\n%2\n%3\n").arg(kernel->version, kernel->vmlinuxPath, kernel->initramfsPath));
    program.finish();
}

void prepare(Program& program, const std::string& package)
{
    const std::string guestInit = findProgram("guest-init");
    if (guestInit.empty()) {
        program.fail(Error{ ErrorCode::Unavailable, "guest-init is not beside twinhullctl", 0,
            "Build or install Twinhull completely." });
        return;
    }
    program.run(
        prepareGuestKernel(program.folders(), QString::fromStdString(package), QString::fromStdString(guestInit)),
        [&program] { show(program); });
}

} // namespace

void addKernelVerbs(CLI::App& app, ChosenVerb& chosen)
{
    auto* kernel = app.add_subcommand("kernel", "the kernel of VMs made from images: show, prepare");
    kernel->require_subcommand(0, 1);
    kernel->fallthrough();
    kernel->callback([&chosen, kernel] {
        if (kernel->get_subcommands().empty())
            chosen = { Need::Images, show };
    });
    kernel->add_subcommand("show", "version and files")->callback([&chosen] { chosen = { Need::Images, show }; });

    const auto package = std::make_shared<std::string>();
    auto* prepareVerb
        = kernel->add_subcommand("prepare", "take the kernel out of a package file; nothing is installed");
    prepareVerb->add_option("DEB", *package, "Debian kernel package, or a folder into which one was unpacked")
        ->required();
    prepareVerb->callback([&chosen, package] {
        chosen = { Need::Images, [package](Program& program) { prepare(program, *package); } };
    });
}

} // namespace twinhull
