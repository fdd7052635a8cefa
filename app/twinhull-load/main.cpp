// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/subprocess.h"
#include "core/base/text.h"
#include "core/load/load.h"
#include "core/load/port_wait.h"
#include "core/load/process_loads.h"

#include <charconv>
#include <cstdio>
#include <cstring>
#include <string>

using namespace twinhull;

namespace {

int printHelp()
{
    std::puts(
        "twinhull-load LOAD [--amount N] [--seconds S] [--folder PATH]\n"
        "Does a known piece of work and prints one line of JSON: what was done, how fast, and what it cost by its\n"
        "own count.\n"
        "twinhull-load --find PROGRAM\n"
        "Prints where in the search path that program is; ends with status 1 where it is not.\n"
        "twinhull-load --await-port PORT\n"
        "Ends once a program listens on that TCP port; with status 1 where none does within 30 seconds.\n");
    for (const LoadKind& kind : loadKinds())
        std::printf("  %-12s %s (%llu)\n", kind.name, kind.meaning, static_cast<unsigned long long>(kind.amount));
    return 0;
}

int fail(const Error& error)
{
    std::fprintf(stderr, "twinhull-load: %s\n", error.toLine().c_str());
    return error.code == ErrorCode::InvalidArgument ? 2 : 1;
}

/// 0 and its path, or 1: whether a program is where this one is run.
int find(const std::string& program)
{
    const std::string path = findExecutable(program);
    std::puts(path.c_str());
    return path.empty() ? 1 : 0;
}

/// 0 once a program listens on it.
int awaitPort(const char* text)
{
    constexpr auto kPatience = std::chrono::seconds(30); // a server in an emulated VM takes some to begin
    const auto port = parsePort(text);
    const auto listens = port ? awaitListener(*port, kPatience) : Result<>(port.error());
    return listens ? 0 : fail(listens.error());
}

template <typename Number>
bool read(const char* text, Number& number)
{
    const char* end = text + std::strlen(text);
    const auto [stopped, failure] = std::from_chars(text, end, number);
    return failure == std::errc() && stopped == end && number >= 0;
}

/// Whether the option was understood.
bool take(const std::string& name, const char* value, LoadOptions& options)
{
    if (name == "--amount")
        return read(value, options.amount);
    if (name == "--seconds")
        return read(value, options.seconds);
    options.folder = value;
    return name == "--folder";
}

} // namespace

int main(int count, char** words)
{
    if (count < 2 || std::strcmp(words[1], "--help") == 0)
        return printHelp();
    if (std::strcmp(words[1], kEndAtOnce) == 0)
        return 0;
    if (count == 3 && std::strcmp(words[1], "--find") == 0)
        return find(words[2]);
    if (count == 3 && std::strcmp(words[1], "--await-port") == 0)
        return awaitPort(words[2]);
    LoadOptions options;
    for (int i = 2; i < count; i += 2) {
        if (i + 1 == count || !take(words[i], words[i + 1], options))
            return fail({ ErrorCode::InvalidArgument, std::string("option ") + words[i] + ": not understood", 0, {} });
    }
    const auto report = runLoad(words[1], options);
    if (!report)
        return fail(report.error());
    std::fputs(encodeLoadReport(*report).c_str(), stdout);
    return 0;
}
