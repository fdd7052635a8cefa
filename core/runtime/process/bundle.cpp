// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/bundle.h"

#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/runtime/process/security_labels.h"

#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>

namespace twinhull::runtime {

Result<std::string> absolutePath(const std::string& path)
{
    char real[PATH_MAX];
    if (::realpath(path.c_str(), real) == nullptr)
        return Error::fromErrno(errno, "bundle " + path).withHint("Give the folder with config.json by --bundle");
    return std::string(real);
}

Result<Bundle> readBundle(const std::string& path, const std::string& config)
{
    auto folder = absolutePath(path);
    if (!folder)
        return std::move(folder).error();
    Bundle bundle{ *std::move(folder), {}, {} };
    const std::string file = config.rfind('/', 0) == 0 ? config : bundle.path + "/" + config;
    auto text = readFile(file, oci::kConfigLimitBytes);
    if (!text && text.error().sysErrno == ENOENT)
        return Error{ ErrorCode::NotFound, "the bundle " + bundle.path + " has no " + config, ENOENT,
            "`hull spec --bundle " + bundle.path + "` writes one" };
    if (!text)
        return std::move(text).error();
    auto spec = oci::decodeRuntimeSpec(*text);
    if (!spec)
        return std::move(spec).error().withContext(bundle.path);
    bundle.configText = *std::move(text);
    bundle.spec = *std::move(spec);
    return bundle;
}

Result<> checkBundle(const Bundle& bundle, const WarningSink& onWarning)
{
    for (const auto& path : bundle.spec.ignored)
        onWarning(("config.json: " + path + " is not supported and left out").c_str());
    if (!bundle.spec.process)
        return Error{ ErrorCode::InvalidArgument, "config.json: process: missing", 0,
            "Say in process.args what the container shall run" };
    return checkLabels(*bundle.spec.process, bundle.spec.linux_.mountLabel);
}

oci::ContainerRecord newRecord(const Bundle& bundle, const std::string& id)
{
    oci::ContainerRecord record;
    record.id = id;
    record.bundle = bundle.path;
    const std::string& root = bundle.spec.root.path;
    record.rootfs = root.rfind('/', 0) == 0 ? root : bundle.path + "/" + root;
    record.createdMilliseconds = wallClockMilliseconds();
    record.ownerUid = ::geteuid();
    record.hasPoststart = !bundle.spec.hooks.poststart.empty();
    record.hasPoststop = !bundle.spec.hooks.poststop.empty();
    record.annotations = bundle.spec.annotations;
    return record;
}

} // namespace twinhull::runtime
