// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/past_figures.h"

#include <QObject>
#include <QThreadPool>

#include <string>

namespace twinhull {

/// Reads the history for charts, one question at a time on a thread of its own. The file is opened for each question:
/// that takes a millisecond, and a file that was moved aside or made since is no special case.
class HistoryReader : public QObject, public PastFigures {
    Q_OBJECT

public:
    explicit HistoryReader(std::string path, QObject* parent = nullptr);
    ~HistoryReader() override; ///< drops what was asked and waits for what is being read

    void ask(std::shared_ptr<PastQuestion> question, Receive receive) override;

private:
    std::string m_path;
    std::vector<std::weak_ptr<PastQuestion>> m_asked;
    QThreadPool m_pool;
};

} // namespace twinhull
