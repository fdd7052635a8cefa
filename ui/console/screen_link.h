// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_screens.h"
#include "ui/console/screen_frame.h"
#include "ui/console/screen_input.h"

#include <QObject>
#include <QPoint>
#include <QTimer>

#include <thread>

namespace twinhull {

/// One look at a machine's screen: libvncclient on a thread of its own. GUI thread; nothing here blocks.
class ScreenLink : public QObject {
    Q_OBJECT

public:
    static constexpr std::chrono::seconds kGreetingPatience{ 15 };

    explicit ScreenLink(OpenedScreen opened, QObject* parent = nullptr);
    ~ScreenLink() override;

    const ScreenFrame& frame() const { return *m_frame; }
    QRegion takeChanges() { return m_frame->takeChanges(); }
    bool isReady() const { return m_isReady; }
    bool isEnded() const { return m_isEnded; }

    void setWatched(bool isWatched) { m_inputs->setWatched(isWatched); }
    void send(ScreenInput input) { m_inputs->add(std::move(input)); }

Q_SIGNALS:
    void resized(const QSize& size); ///< the first time: it is ready
    void painted(); ///< once until takeChanges()
    void cursorChanged(const QImage& shape, const QPoint& hot);
    void clipboardChanged(const QString& text);
    void ended(const twinhull::Error& why); ///< once and last

private:
    void run(OpenedScreen opened);
    void end(Error why);
    void shutDown() const;

    std::shared_ptr<ScreenInputs> m_inputs = std::make_shared<ScreenInputs>();
    std::shared_ptr<ScreenFrame> m_frame = std::make_shared<ScreenFrame>();
    UniqueFd m_end; ///< the same socket once more: closing it here cannot hit another's descriptor
    QTimer m_patience;
    bool m_isReady = false;
    bool m_isEnded = false;
    bool m_isLate = false;
    std::thread m_thread;
};

} // namespace twinhull
