// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/oci/container_record.h"
#include "core/oci/runtime_spec.h"

#include <string>
#include <vector>

namespace twinhull::runtime {

/// One container's folder ROOT/ID (0700), locked (flock) while this object lives: `state.json`, the `config.json` it
/// was made from, and the start socket while it waits.
class StateFolder {
public:
    StateFolder(std::string path, UniqueFd folder) : m_path(std::move(path)), m_folder(std::move(folder)) { }

    const UniqueFd& fd() const { return m_folder; }

    Result<> writeRecord(const oci::ContainerRecord& record) const;
    Result<oci::ContainerRecord> readRecord() const;
    Result<> writeConfig(std::string_view text) const;
    Result<oci::RuntimeSpec> readConfig() const;

    /// Lets others at the container while this process goes on to wait for it.
    void unlock();

    /// After unlock(). False when the container was deleted in between; another may bear its id by now.
    Result<bool> lockAgain();

    /// Takes the folder away, with all that is in it.
    Result<> remove();

private:
    std::string m_path;
    UniqueFd m_folder;
};

/// All containers of one --root. Nothing here needs to outlive the computer's run: no fsync.
class StateStore {
public:
    explicit StateStore(std::string root) : m_root(std::move(root)) { }

    /// $XDG_RUNTIME_DIR/hull, else /run/hull for root and /tmp/hull-UID for others.
    static std::string defaultRoot();

    /// A new folder, locked. AlreadyExists when the id is in use; what a killed hull left half made is cleared first.
    Result<StateFolder> create(const std::string& id) const;

    /// An existing container's, locked. NotFound names the id; what a killed hull left half made under it is cleared.
    Result<StateFolder> open(const std::string& id) const;

    /// An existing container's for looking only, not locked: never waits.
    Result<StateFolder> peek(const std::string& id) const;

    /// Ids of all containers, sorted; folders without a record that nobody works on are removed on the way.
    Result<std::vector<std::string>> ids() const;

private:
    std::string m_root;
};

/// Letters, digits and _ + . -, not starting with a dot, at most 128.
Result<> checkId(const std::string& id);

} // namespace twinhull::runtime
