// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/error_text.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

struct Row {
    ErrorCode code;
    const char* sentence;
    const char* nextStep;
};

constexpr Row kRows[] = {
    { ErrorCode::Unknown, QT_TRANSLATE_NOOP("ErrorText", "Something failed that has no name yet."),
        QT_TRANSLATE_NOOP("ErrorText", "The details say what was tried.") },
    { ErrorCode::InvalidArgument, QT_TRANSLATE_NOOP("ErrorText", "One of the values cannot be used."),
        QT_TRANSLATE_NOOP("ErrorText", "The details name the value; change it and try again.") },
    { ErrorCode::NotFound, QT_TRANSLATE_NOOP("ErrorText", "Something that is needed is not there."),
        QT_TRANSLATE_NOOP("ErrorText", "The details name it; bring it back or choose another.") },
    { ErrorCode::AlreadyExists, QT_TRANSLATE_NOOP("ErrorText", "That name or place is taken."),
        QT_TRANSLATE_NOOP("ErrorText", "Choose another name, or remove the old one first.") },
    { ErrorCode::PermissionDenied, QT_TRANSLATE_NOOP("ErrorText", "This computer did not allow it."),
        QT_TRANSLATE_NOOP("ErrorText", "The details name what was refused.") },
    { ErrorCode::Unsupported, QT_TRANSLATE_NOOP("ErrorText", "This computer cannot do that."),
        QT_TRANSLATE_NOOP("ErrorText", "Trying again will not help; the details say what is missing.") },
    { ErrorCode::Unavailable, QT_TRANSLATE_NOOP("ErrorText", "A program or service that is needed does not answer."),
        QT_TRANSLATE_NOOP("ErrorText", "Install or start it, then try again.") },
    { ErrorCode::Busy, QT_TRANSLATE_NOOP("ErrorText", "It is in use just now."),
        QT_TRANSLATE_NOOP("ErrorText", "Stop what uses it, then try again.") },
    { ErrorCode::Timeout, QT_TRANSLATE_NOOP("ErrorText", "It took too long and was given up."),
        QT_TRANSLATE_NOOP("ErrorText", "Try again; if it happens each time, the log of the workload says more.") },
    { ErrorCode::Cancelled, QT_TRANSLATE_NOOP("ErrorText", "Cancelled. What was there before is there again."), "" },
    { ErrorCode::OutOfSpace, QT_TRANSLATE_NOOP("ErrorText", "The disk is full."),
        QT_TRANSLATE_NOOP("ErrorText", "Free some space, then try again; nothing was left half made.") },
    { ErrorCode::OutOfMemory, QT_TRANSLATE_NOOP("ErrorText", "There is not enough memory."),
        QT_TRANSLATE_NOOP("ErrorText", "Stop a workload or give this one less memory.") },
    { ErrorCode::Corrupt, QT_TRANSLATE_NOOP("ErrorText", "The input is damaged or not what it claims to be."),
        QT_TRANSLATE_NOOP("ErrorText", "Fetch it again or choose another file.") },
    { ErrorCode::Io, QT_TRANSLATE_NOOP("ErrorText", "Reading or writing failed."),
        QT_TRANSLATE_NOOP("ErrorText", "The details name the file and the cause.") },
};

QString translated(const char* text)
{
    return *text == '\0' ? QString() : QCoreApplication::translate("ErrorText", text);
}

} // namespace

ErrorText errorText(const Error& error)
{
    const Row* found = &kRows[0];
    for (const Row& row : kRows) {
        if (row.code == error.code)
            found = &row;
    }
    const QString hint = QString::fromStdString(error.hint);
    return { translated(found->sentence), hint.isEmpty() ? translated(found->nextStep) : hint,
        QString::fromStdString(error.message) };
}

QString errorParagraph(const Error& error)
{
    const ErrorText text = errorText(error);
    return text.nextStep.isEmpty() ? text.sentence : text.sentence + QLatin1Char(' ') + text.nextStep;
}

} // namespace twinhull
