// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/screen_client.h"

#include "ui/console/vnc_functions.h"

#include <QDeadlineTimer>
#include <QtEndian>

#include <fcntl.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstring>
#include <vector>

namespace twinhull {

namespace {

constexpr std::int64_t kFrameMilliseconds = 16;
constexpr int kMostCursorSide = 256;
constexpr int kMostMessagesATurn = 32; ///< then inputs have their turn
constexpr std::array<std::uint32_t, 2> kAuthentications{ rfbNoAuth, rfbVncAuth };

/// Nobody else's: the library speaks on the thread that called it.
std::string& latestWord()
{
    thread_local std::string word;
    return word;
}

void keepWord(const char* format, ...)
{
    std::array<char, 256> text{};
    va_list arguments;
    va_start(arguments, format);
    (void)std::vsnprintf(text.data(), text.size(), format, arguments);
    va_end(arguments);
    std::string& word = latestWord();
    word.clear();
    for (const char* at = text.data(); *at != '\0'; ++at) { // a server's reason may be in it
        if (*at >= ' ' && *at <= '~')
            word += *at;
    }
}

int clientTag; ///< its address is what counts

std::int64_t nowMilliseconds()
{
    return QDeadlineTimer::current().deadline();
}

void allowAsking(rfbClient& client, bool isAllowed)
{
    constexpr unsigned kBits = 8;
    auto& flags = client.supportedMessages.client2server[rfbFramebufferUpdateRequest / kBits];
    const auto bit = static_cast<std::uint8_t>(1U << (rfbFramebufferUpdateRequest % kBits));
    flags = static_cast<std::uint8_t>(isAllowed ? flags | bit : flags & ~bit);
}

/// SetPixelFormat, RFC 6143 7.5.1.
QByteArray formatMessage(const rfbClient& client)
{
    const auto& format = client.format;
    const auto byte = [](auto number) { return QByteArray(1, static_cast<char>(number)); };
    const auto most = [byte](std::uint16_t number) { return byte(number >> 8U) + byte(number & 0xffU); };
    return QByteArray(4, 0) + byte(format.bitsPerPixel) + byte(format.depth) + byte(format.bigEndian != 0 ? 1 : 0)
        + byte(format.trueColour != 0 ? 1 : 0) + most(format.redMax) + most(format.greenMax) + most(format.blueMax)
        + byte(format.redShift) + byte(format.greenShift) + byte(format.blueShift) + QByteArray(3, 0);
}

/// SetEncodings, 7.5.2, the best first. Our own, because the library's list has the extended size of the desktop in it
/// and then takes QEMU's screen, whose number is 0, for none: it would never become another size.
QByteArray encodingsMessage(OpenedScreen::Way way)
{
    constexpr std::int32_t kGoodPictures = -24; // quality 8 of 9
    std::vector<std::int32_t> all{ rfbEncodingCopyRect };
    if (way == OpenedScreen::Way::Local)
        all.push_back(rfbEncodingRaw);
    else
        all.insert(all.end(), { rfbEncodingTight, kGoodPictures });
    for (const std::uint32_t each : { rfbEncodingZRLE, rfbEncodingHextile, rfbEncodingZlib, rfbEncodingRaw })
        all.push_back(static_cast<std::int32_t>(each));
    for (const std::uint32_t each :
        { rfbEncodingRichCursor, rfbEncodingNewFBSize, rfbEncodingLastRect, rfbEncodingQemuExtendedKeyEvent })
        all.push_back(static_cast<std::int32_t>(each));
    QByteArray message(4, 0);
    message[0] = rfbSetEncodings;
    message[3] = static_cast<char>(all.size());
    for (const std::int32_t each : all) {
        QByteArray number(4, Qt::Uninitialized);
        qToBigEndian(each, number.data());
        message += number;
    }
    return message;
}

} // namespace

/// libvncclient's are plain functions; which client it is about is kept in its own record.
struct ScreenClient::Callbacks {
    static ScreenClient& of(rfbClient* client)
    {
        return *static_cast<ScreenClient*>(rfbClientGetClientData(client, &clientTag));
    }

    static rfbBool makeRoom(rfbClient* client) { return of(client).takeNewSize() ? TRUE : FALSE; }

    static void noteChange(rfbClient* client, int x, int y, int width, int height)
    {
        auto& self = of(client);
        constexpr int kMostParts = 64;
        self.m_dirty += QRect(x, y, width, height);
        if (self.m_dirty.rectCount() > kMostParts)
            self.m_dirty = self.m_dirty.boundingRect();
    }

    static void finish(rfbClient* client)
    {
        auto& self = of(client);
        self.m_isAsked = false;
        if (self.m_pixels && self.m_frame->update(self.m_pixels.get(), std::exchange(self.m_dirty, {})))
            self.m_listener.painted();
    }

    static void takeCursorShape(rfbClient* client, int x, int y, int width, int height, int)
    {
        of(client).takeCursor({ x, y }, { width, height });
        std::free(client->rcMask); // the library makes another each time
        client->rcMask = nullptr;
    }

    static void takeText(rfbClient* client, const char* text, int length)
    {
        of(client).m_listener.clipboardChanged(QString::fromLatin1(text, length)); // 1 MiB at most, the library's limit
    }

    static char* password(rfbClient* client)
    {
        const QByteArray& known = of(client).m_opened.password;
        return known.isEmpty() ? nullptr : ::strdup(known.constData()); // it frees it
    }

    /// Once: the library keeps them for the whole program.
    static void takeWords()
    {
        static const bool kIsDone = [] {
            for (const char* name : { "rfbClientLog", "rfbClientErr" }) {
                if (auto* place = static_cast<rfbClientLogProc*>(vncSymbol(name)))
                    *place = &keepWord;
            }
            return true;
        }();
        (void)kIsDone;
    }
};

void ScreenClient::Free::operator()(_rfbClient* client) const
{
    std::free(client->rcSource);
    client->rcSource = nullptr;
    client->frameBuffer = nullptr; // ours
    rfbClientCleanup(client);
}

ScreenClient::ScreenClient(OpenedScreen opened, std::shared_ptr<ScreenInputs> inputs,
    std::shared_ptr<ScreenFrame> frame, ScreenListener listener)
    : m_opened(std::move(opened))
    , m_inputs(std::move(inputs))
    , m_frame(std::move(frame))
    , m_listener(std::move(listener))
{
}

ScreenClient::~ScreenClient() = default;

Result<> ScreenClient::run()
{
    auto done = connect();
    if (done)
        done = serve();
    return m_inputs->isStopping() ? Result<>() : std::move(done);
}

Result<> ScreenClient::connect()
{
    Callbacks::takeWords();
    latestWord().clear();
    m_client.reset(rfbGetClient(8, 3, 4)); // bits a colour, colours, bytes a pixel
    if (!m_client)
        return Error{ ErrorCode::Unavailable, "libvncclient is not installed", 0,
            "Install the package libvncclient1." };
    rfbClient& client = *m_client;
    rfbClientSetClientData(&client, &clientTag, this);
    client.format.redShift = 16; // QImage::Format_RGB32
    client.format.greenShift = 8;
    client.format.blueShift = 0;
    client.canHandleNewFBSize = TRUE;
    client.appData.useRemoteCursor = TRUE;
    client.MallocFrameBuffer = &Callbacks::makeRoom;
    client.GotFrameBufferUpdate = &Callbacks::noteChange;
    client.FinishedFrameBufferUpdate = &Callbacks::finish;
    client.GotCursorShape = &Callbacks::takeCursorShape;
    client.GotXCutText = &Callbacks::takeText;
    client.GetPassword = &Callbacks::password;
    SetClientAuthSchemes(&client, kAuthentications.data(), static_cast<int>(kAuthentications.size()));
    const int flags = ::fcntl(m_opened.descriptor.fd(), F_GETFL);
    (void)::fcntl(m_opened.descriptor.fd(), F_SETFL, flags & ~O_NONBLOCK); // else the library waits by select(2)
    client.sock = m_opened.descriptor.release();
    if (InitialiseRFBConnection(&client) == FALSE)
        return lostError("greet the screen's server");
    client.width = client.si.framebufferWidth;
    client.height = client.si.framebufferHeight;
    if (!takeNewSize())
        return lostError("make room for the screen");
    const QByteArray wishes = formatMessage(client) + encodingsMessage(m_opened.way);
    if (WriteToRFBServer(&client, wishes.constData(), static_cast<unsigned>(wishes.size())) == FALSE)
        return lostError("agree on a format");
    latestWord().clear(); // of what went well
    return {};
}

/// Where it is refused nothing may be painted any more: the library looks whether a rectangle is inside of this size.
bool ScreenClient::takeNewSize()
{
    rfbClient& client = *m_client;
    const QSize size(client.width, client.height);
    constexpr std::size_t kPixelBytes = 4;
    client.frameBuffer = nullptr;
    m_pixels.reset();
    m_dirty = {};
    if (ScreenFrame::isAllowed(size))
        m_pixels.reset(static_cast<uchar*>(std::calloc(
            static_cast<std::size_t>(size.width()) * static_cast<std::size_t>(size.height()), kPixelBytes)));
    if (!m_pixels || !m_frame->resize(size)) {
        m_refused = size;
        client.width = 0;
        client.height = 0;
        return false;
    }
    client.frameBuffer = m_pixels.get();
    client.updateRect = { 0, 0, size.width(), size.height() };
    m_mustAskForAll = true;
    m_listener.resized(size);
    return true;
}

void ScreenClient::takeCursor(const QPoint& hot, const QSize& size)
{
    if (size.width() > kMostCursorSide || size.height() > kMostCursorSide || m_client->rcSource == nullptr
        || m_client->rcMask == nullptr)
        return;
    QImage shape(size, QImage::Format_ARGB32);
    for (int y = 0; y < size.height(); ++y) {
        auto* line = reinterpret_cast<QRgb*>(shape.scanLine(y));
        for (int x = 0; x < size.width(); ++x) {
            const int at = y * size.width() + x;
            QRgb pixel = 0;
            std::memcpy(&pixel, m_client->rcSource + std::ptrdiff_t{ 4 } * at, sizeof pixel);
            line[x] = m_client->rcMask[at] != 0 ? pixel | 0xff000000U : 0U;
        }
    }
    m_listener.cursorChanged(
        shape, { std::clamp(hot.x(), 0, size.width() - 1), std::clamp(hot.y(), 0, size.height() - 1) });
}

Error ScreenClient::lostError(const char* what) const
{
    if (m_refused)
        return Error{ ErrorCode::Corrupt,
            "its screen is said to be " + std::to_string(m_refused->width()) + " by "
                + std::to_string(m_refused->height()) + " pixels; from one to 8192 by 8192 of them are shown",
            0, "Choose a smaller size inside the machine." };
    const std::string& word = latestWord();
    return Error{ ErrorCode::Io, std::string(what) + ": " + (word.empty() ? "the connection ended" : word), 0, {} };
}

Result<> ScreenClient::serve()
{
    while (!m_inputs->isStopping()) {
        std::array<pollfd, 2> waiting{ { { m_client->sock, POLLIN, 0 }, { m_inputs->wakeDescriptor(), POLLIN, 0 } } };
        const int patience = m_client->buffered > 0 ? 0 : millisecondsToNextAsk();
        if (::poll(waiting.data(), waiting.size(), patience) < 0 && errno != EINTR)
            return Error::fromErrno(errno, "wait for the screen");
        if (waiting[1].revents != 0)
            m_inputs->clearWake();
        if (!sendInputs())
            return lostError("send what was typed");
        if (waiting[0].revents != 0 || m_client->buffered > 0) {
            if (auto handled = handleMessages(); !handled)
                return handled;
        }
        if (!askForPixels())
            return lostError("ask for the screen");
    }
    return {};
}

Result<> ScreenClient::handleMessages()
{
    for (int count = 0; count < kMostMessagesATurn; ++count) {
        allowAsking(*m_client, false); // it would ask after each update, seen or not
        if (HandleRFBServerMessage(m_client.get()) == FALSE)
            return lostError("read from the screen");
        if (m_client->buffered == 0)
            break;
    }
    return {};
}

bool ScreenClient::sendInputs()
{
    for (const ScreenInput& input : m_inputs->take()) {
        if (!send(input))
            return false;
    }
    return true;
}

bool ScreenClient::send(const ScreenInput& input)
{
    rfbClient* client = m_client.get();
    if (const auto* key = std::get_if<ScreenKey>(&input)) {
        const rfbBool isDown = key->isDown ? TRUE : FALSE;
        if (key->place != 0 && SendExtendedKeyEvent(client, key->symbol, key->place, isDown) != FALSE)
            return true;
        return key->symbol == 0 || SendKeyEvent(client, key->symbol, isDown) != FALSE;
    }
    if (const auto* pointer = std::get_if<ScreenPointer>(&input))
        return SendPointerEvent(client, pointer->x, pointer->y, pointer->buttons) != FALSE;
    QByteArray text = std::get<ScreenClipboard>(input).latin1;
    return SendClientCutText(client, text.data(), static_cast<int>(text.size())) != FALSE;
}

int ScreenClient::millisecondsToNextAsk() const
{
    if (m_isAsked || !m_inputs->isWatched())
        return -1;
    return static_cast<int>(std::clamp<std::int64_t>(m_lastAsk + kFrameMilliseconds - nowMilliseconds(), 0, 100));
}

/// Once a frame at most, and not while nobody looks.
bool ScreenClient::askForPixels()
{
    if (millisecondsToNextAsk() != 0)
        return true;
    allowAsking(*m_client, true);
    m_isAsked = true;
    m_lastAsk = nowMilliseconds();
    const rfbBool isIncremental = std::exchange(m_mustAskForAll, false) ? FALSE : TRUE;
    return SendFramebufferUpdateRequest(m_client.get(), 0, 0, m_client->width, m_client->height, isIncremental)
        != FALSE;
}

} // namespace twinhull
