// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/making/install_source.h"
#include "core/workload/known_os.h"

#include <optional>

namespace twinhull {

/// What is started of an installation tree.
struct InstallTree {
    QString kernelPath; ///< in its source
    QString initrdPath;
    QByteArray kernelSum; ///< SHA-256 as the tree tells it, in hex; empty: it does not
    QByteArray initrdSum;
    QString arguments; ///< by which the installer finds the rest; may be empty
    std::optional<KnownOs> system; ///< as far as the tree tells
};

/// By the tree's own description (.treeinfo of Fedora, CentOS, openSUSE and others), else by where Debian, Ubuntu,
/// Fedora, openSUSE, Arch and Alpine keep them. NotFound where none of that is there, Unsupported for another
/// architecture.
Result<InstallTree> lookAtTree(const InstallSource& source, const QString& location, JobContext& context);

/// The files of a .treeinfo for x86_64; what it says of no or of another place is Corrupt.
Result<InstallTree> treeFromInfo(const QByteArray& text);

/// The hex SHA-256 that a list in the format of sha256sum(1) has for a name; empty where it has none.
QByteArray sumInList(const QByteArray& list, const QByteArray& name);

} // namespace twinhull
