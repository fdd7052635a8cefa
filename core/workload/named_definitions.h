// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"

#include <QByteArray>

#include <memory>

namespace twinhull {

/// What a hypervisor keeps by a name, in its own words.
struct NamedDefinition {
    QByteArray definedXml; ///< what it is from its next start on
    QByteArray runningXml; ///< empty: it does not run
    bool isPending = false; ///< it runs as it was before a change
};

struct NewDefinition {
    QByteArray xml;
    QByteArray before; ///< what it was made of; empty: whatever is defined
};

/// What became of a new definition; read once its job has succeeded.
struct DefinitionOutcome {
    QByteArray definedXml; ///< as the hypervisor has it now
    QString pendingReason; ///< why it waits for the next start; empty: it does not
};

/// The definitions of pools or of virtual networks. Jobs are handed out unstarted; `into` is written before they end.
class NamedDefinitions {
public:
    virtual ~NamedDefinitions() = default;

    virtual std::unique_ptr<Job> readDefinition(const QString& name, std::shared_ptr<NamedDefinition> into) = 0;
    /// Replaces the definition of one that is there; refused, the old one stays. Checked against the schema: the error
    /// names the line. Busy where `before` is not what is defined any more.
    virtual std::unique_ptr<Job> define(
        const QString& name, const NewDefinition& definition, std::shared_ptr<DefinitionOutcome> into)
        = 0;
};

} // namespace twinhull
