// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/twinhullctl/chosen_verb.h"

namespace twinhull {

/// A definition from a file, "-" being standard input; at most 4 MiB.
Result<QByteArray> readDefinitionFile(const std::string& path);

/// A definition that a person changes in an editor.
struct XmlEdit {
    QByteArray before;
    bool isAgreed = false; ///< it is defined without asking
    QStringList redoWords; ///< of the command that defines a file, up to its name
    std::function<std::unique_ptr<Job>(const QByteArray& after)> define;
    Program::Then defined; ///< ends the verb
};

/// Opens $EDITOR, shows what changed, asks and defines. What was written is kept until it is defined.
void editXml(Program& program, XmlEdit edit);

} // namespace twinhull
