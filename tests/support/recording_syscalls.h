// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/runtime/syscalls.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include <string>
#include <vector>

namespace twinhull::test {

/// Notes what would be done and does nothing. `failing` makes the call with that note fail with EPERM.
class RecordingSyscalls : public runtime::Syscalls {
public:
    std::vector<std::string> calls;
    std::string failing;

    Result<runtime::ClonedProcess> cloneProcess(const runtime::CloneRequest&) override
    {
        return Error{ ErrorCode::Unsupported, "no processes here", 0, {} };
    }
    Result<runtime::ClonedProcess> runSharingMemory(
        const runtime::CloneRequest& request, const std::function<void()>&) override
    {
        return cloneProcess(request);
    }
    Result<> joinNamespaces(int, int kinds) override { return note("join " + std::to_string(kinds)); }
    Result<> makeNamespaces(int kinds) override { return note("unshare " + std::to_string(kinds)); }
    Result<> plainMount(const runtime::PlainMount& mount) override
    {
        return note("mount " + std::string(mount.type != nullptr ? mount.type : "-") + " "
            + (mount.options != nullptr ? mount.options : ""));
    }
    Result<UniqueFd> makeFileSystem(const runtime::FileSystemRequest& request) override
    {
        std::string text = "make " + request.type + " " + std::to_string(request.attributes);
        for (const auto& [key, value] : request.options)
            text += " " + key + (value.empty() ? "" : "=" + value);
        return noteMount(text);
    }
    Result<UniqueFd> cloneMount(int, const char* path, unsigned) override
    {
        return noteMount("clone " + std::string(path));
    }
    Result<> changeMount(int, const runtime::MountChange& change) override
    {
        return note("change +" + std::to_string(change.set) + " -" + std::to_string(change.clear) + " p"
            + std::to_string(change.propagation));
    }
    Result<> attachMount(int, int) override { return note("attach"); }
    Result<> pivotIntoWorkingFolder(runtime::OldRoot) override { return note("pivot"); }
    Result<> makeNode(int, const char* name, unsigned, dev_t) override { return note("node " + std::string(name)); }
    Result<> labelFile(int, const std::string& label) override { return note("label " + label); }
    Result<> setHostname(const std::string& name) override { return note("hostname " + name); }
    Result<> setDomainname(const std::string& name) override { return note("domainname " + name); }

private:
    Result<> note(const std::string& text)
    {
        calls.push_back(text);
        return text == failing ? Result<>(Error::fromErrno(EPERM, text)) : Result<>();
    }
    Result<UniqueFd> noteMount(const std::string& text)
    {
        auto noted = note(text);
        if (!noted)
            return std::move(noted).error();
        return UniqueFd(::open("/", O_PATH | O_CLOEXEC));
    }
};

/// Makes device nodes for real, which needs root, and only notes the rest.
class NodeMakingSyscalls : public RecordingSyscalls {
public:
    Result<> makeNode(int folder, const char* name, unsigned mode, dev_t device) override
    {
        (void)RecordingSyscalls::makeNode(folder, name, mode, device); // a note does not fail
        return ::mknodat(folder, name, mode, device) == 0 ? Result<>() : Error::fromErrno(errno, "mknod");
    }
};

} // namespace twinhull::test
