// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/disks/vm_folder.h"

#include <QByteArray>

namespace twinhull {

/// The definitions that a domain had before, in `definitions` of its folder, the latest twenty; readable by their
/// person alone, because passwords of screens are among them. Blocks.
class DomainHistory {
public:
    /// `uri` is where the domain is defined: what is left of a domain that has gone is removed by that.
    DomainHistory(const DataFolders& folders, const QString& uuid, QString uri);

    Result<> keep(const QByteArray& xml) const; ///< silent where it is the latest already
    /// NotFound where there is none.
    Result<QByteArray> latest() const;
    Result<> dropLatest() const;
    int count() const;

private:
    QStringList paths() const; ///< oldest first

    VmFolder m_folder;
    QString m_uri;
};

} // namespace twinhull
