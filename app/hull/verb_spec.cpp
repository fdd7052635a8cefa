// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/hull/arguments.h"
#include "app/hull/verbs.h"
#include "core/base/files.h"
#include "core/oci/runtime_spec.h"
#include "core/runtime/namespaces/id_mapping.h"
#include "core/runtime/seccomp/default_profile.h"

#include <unistd.h>

#include <array>

namespace twinhull::hull {

namespace {

constexpr std::array<Option, 3> kOptions{ { { "bundle", 'b', Takes::Value }, { "file", 'f', Takes::Value },
    { "rootless", 0, Takes::Nothing } } };

/// --file is relative to this folder, not to the bundle.
std::string fileOf(const Arguments& arguments)
{
    if (arguments.has("file"))
        return arguments.value("file");
    return (arguments.has("bundle") ? arguments.value("bundle") : ".") + "/config.json";
}

void makeRootless(oci::RuntimeSpec& spec)
{
    const std::string user = runtime::ownUserName();
    auto& linux_ = spec.linux_;
    linux_.namespaces.insert(linux_.namespaces.begin(), { oci::NamespaceKind::User, {} });
    linux_.uidMappings = runtime::ordinaryUserMappings("/etc/subuid", user, ::geteuid());
    linux_.gidMappings = runtime::ordinaryUserMappings("/etc/subgid", user, ::getegid());
}

} // namespace

Result<int> specVerb(const Globals&, const Words& words)
{
    auto arguments = Arguments::parse(words, kOptions, Operands::Mixed);
    if (!arguments)
        return std::move(arguments).error();
    const std::string file = fileOf(*arguments);
    if (exists(file))
        return Error{ ErrorCode::AlreadyExists, file + " is there already", 0,
            "Remove it first, or give --bundle or --file" };
    oci::RuntimeSpec spec = oci::defaultRuntimeSpec();
    auto profile = runtime::defaultSeccompProfile();
    if (!profile)
        return std::move(profile).error();
    spec.linux_.seccomp = *std::move(profile);
    if (arguments->has("rootless"))
        makeRootless(spec);
    auto written = writeFileAtomically(file, encodeRuntimeSpec(spec), 0644);
    return written ? Result<int>(0) : std::move(written).error();
}

} // namespace twinhull::hull
