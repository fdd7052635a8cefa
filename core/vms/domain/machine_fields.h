// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/domain/domain_xml.h"

namespace twinhull::machine {

// Fields of the machine that are more than one text at one place; each gets the <domain>.

QString cpus(xmlNodePtr domain);
Result<> setCpus(xmlNodePtr domain, const QString& value); ///< raises the most where it has to
QString mostCpus(xmlNodePtr domain);
Result<> setMostCpus(xmlNodePtr domain, const QString& value); ///< lowers what is plugged in where it has to
QString topology(xmlNodePtr domain); ///< "SOCKETS:CORES:THREADS"
Result<> setTopology(xmlNodePtr domain, const QString& value); ///< and as many processors at most
QString cpuModel(xmlNodePtr domain); ///< a mode, or the name of a model
Result<> setCpuModel(xmlNodePtr domain, const QString& value);
QString pins(xmlNodePtr domain); ///< "0=2-3 1=4": on which processors of the host each may run
Result<> setPins(xmlNodePtr domain, const QString& value);

QString ioThreads(xmlNodePtr domain); ///< how many; empty: none
/// Those of the highest numbers go; refused where a disk has one of them.
Result<> setIoThreads(xmlNodePtr domain, const QString& value);
std::vector<int> ioThreadNumbers(xmlNodePtr domain); ///< ascending; at most as many as libvirt takes

QString memory(xmlNodePtr domain); ///< what the balloon leaves of the most
Result<> setMemory(xmlNodePtr domain, const QString& value); ///< raises the most where it has to
QString mostMemory(xmlNodePtr domain);
Result<> setMostMemory(xmlNodePtr domain, const QString& value);
QString isShared(xmlNodePtr domain); ///< with processes of the host, as virtiofs needs it
Result<> setShared(xmlNodePtr domain, const QString& value);

QString firmware(xmlNodePtr domain); ///< "efi", or empty for the machine's own
Result<> setFirmware(xmlNodePtr domain, const QString& value);
QString secureBoot(xmlNodePtr domain);
Result<> setSecureBoot(xmlNodePtr domain, const QString& value);

} // namespace twinhull::machine
