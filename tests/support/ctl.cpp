// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/ctl.h"

#include "core/base/subprocess.h"

namespace twinhull::test {

QString CtlOutput::text() const
{
    return QStringLiteral("exit code %1\n%2\n%3").arg(exitCode).arg(QString::fromUtf8(out), QString::fromUtf8(err));
}

QList<QByteArray> CtlOutput::errorLines() const
{
    auto lines = err.split('\n');
    lines.removeAll({});
    return lines;
}

CtlOutput ctl(const std::vector<std::string>& arguments, std::chrono::milliseconds deadline)
{
    Command command{ { TH_BUILD_BIN_DIR "/twinhullctl" }, {}, {} };
    command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
    const auto output = runCommand(command, deadline);
    if (!output)
        return { -1, {}, QByteArray::fromStdString(output.error().message) };
    return { output->exitStatus, QByteArray::fromStdString(output->standardOutput),
        QByteArray::fromStdString(output->standardError) };
}

} // namespace twinhull::test
