// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/become_program.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace twinhull {

Error becomeProgram(const std::vector<std::string>& words)
{
    std::vector<char*> arguments;
    for (const auto& word : words)
        arguments.push_back(const_cast<char*>(word.c_str())); // execvp(3) does not write to them
    arguments.push_back(nullptr);
    sigset_t none;
    ::sigemptyset(&none);
    ::pthread_sigmask(SIG_SETMASK, &none, nullptr); // ours are blocked and read by a descriptor
    ::execvp(arguments.front(), arguments.data());
    return Error::fromErrno(errno, "run " + words.front());
}

} // namespace twinhull
