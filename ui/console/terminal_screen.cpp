// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/terminal_screen.h"

#include "ui/console/terminal_keys.h"

#include <vterm.h>

#include <algorithm>

namespace twinhull {

namespace {

constexpr QSize kSmallest{ 2, 1 };

struct VTermFree {
    void operator()(VTerm* terminal) const noexcept { ::vterm_free(terminal); }
};

QSize withinLimits(const QSize& size)
{
    return size.expandedTo(kSmallest).boundedTo(TerminalScreen::kLargest);
}

TerminalColor colorOf(const VTermColor& color)
{
    if (VTERM_COLOR_IS_DEFAULT_FG(&color) || VTERM_COLOR_IS_DEFAULT_BG(&color))
        return {};
    if (VTERM_COLOR_IS_INDEXED(&color))
        return { TerminalColor::Kind::Indexed, color.indexed.idx, 0, 0 };
    return { TerminalColor::Kind::Rgb, color.rgb.red, color.rgb.green, color.rgb.blue };
}

VTermColor colorFrom(const TerminalColor& color, VTermColorType ofDefault)
{
    VTermColor to{};
    if (color.kind == TerminalColor::Kind::Rgb)
        ::vterm_color_rgb(&to, color.index, color.green, color.blue);
    else
        ::vterm_color_indexed(&to, color.index);
    if (color.kind == TerminalColor::Kind::Default)
        to.type = static_cast<std::uint8_t>(to.type | ofDefault);
    return to;
}

TerminalCell cellOf(const VTermScreenCell& from)
{
    constexpr std::uint32_t kRightHalf = UINT32_MAX;
    TerminalCell cell;
    if (from.chars[0] == kRightHalf) {
        cell.width = 0;
    } else {
        cell.width = static_cast<std::uint8_t>(from.width);
        std::copy_n(from.chars, cell.characters.size(), cell.characters.begin());
    }
    cell.isBold = from.attrs.bold != 0;
    cell.isItalic = from.attrs.italic != 0;
    cell.isUnderlined = from.attrs.underline != 0;
    cell.isStruck = from.attrs.strike != 0;
    cell.isReversed = from.attrs.reverse != 0;
    cell.foreground = colorOf(from.fg);
    cell.background = colorOf(from.bg);
    return cell;
}

VTermScreenCell cellFrom(const TerminalCell& from)
{
    VTermScreenCell cell{};
    std::copy(from.characters.begin(), from.characters.end(), cell.chars);
    cell.width = static_cast<char>(std::max<std::uint8_t>(1, from.width));
    cell.attrs.bold = from.isBold;
    cell.attrs.italic = from.isItalic;
    cell.attrs.underline = from.isUnderlined ? VTERM_UNDERLINE_SINGLE : VTERM_UNDERLINE_OFF;
    cell.attrs.strike = from.isStruck;
    cell.attrs.reverse = from.isReversed;
    cell.fg = colorFrom(from.foreground, VTERM_COLOR_DEFAULT_FG);
    cell.bg = colorFrom(from.background, VTERM_COLOR_DEFAULT_BG);
    return cell;
}

/// Control characters would be typed as keys: a paste is to be text (an Escape could end its brackets).
QByteArray pasteable(QString text)
{
    text.replace(QStringLiteral("\r\n"), QStringLiteral("\r")).replace(u'\n', u'\r');
    text.removeIf(
        [](QChar letter) { return letter.category() == QChar::Other_Control && letter != u'\r' && letter != u'\t'; });
    return text.toUtf8();
}

} // namespace

struct TerminalScreen::Private {
    std::unique_ptr<VTerm, VTermFree> terminal;
    VTermScreen* screen = nullptr;

    static TerminalScreen& of(void* self) { return *static_cast<TerminalScreen*>(self); }

    static int moveCursor(VTermPos to, VTermPos, int, void* self)
    {
        of(self).m_cursor = { to.col, to.row };
        return 1;
    }

    static int setProperty(VTermProp property, VTermValue* value, void* self)
    {
        TerminalScreen& screen = of(self);
        switch (property) {
        case VTERM_PROP_CURSORVISIBLE:
            screen.m_isCursorVisible = value->boolean != 0;
            return 1;
        case VTERM_PROP_ALTSCREEN:
            screen.m_isAlternate = value->boolean != 0;
            return 1;
        case VTERM_PROP_MOUSE:
            screen.m_wantsMouse = value->number != VTERM_PROP_MOUSE_NONE;
            return 1;
        case VTERM_PROP_CURSORSHAPE:
            screen.m_cursorShape = value->number == VTERM_PROP_CURSORSHAPE_UNDERLINE ? CursorShape::Underline
                : value->number == VTERM_PROP_CURSORSHAPE_BAR_LEFT                   ? CursorShape::Bar
                                                                                     : CursorShape::Block;
            return 1;
        default:
            return 0; // titles are a stranger's words
        }
    }

    static int pushLine(int columns, const VTermScreenCell* cells, void* self)
    {
        TerminalScreen& screen = of(self);
        TerminalLine line(static_cast<std::size_t>(columns));
        std::transform(cells, cells + columns, line.begin(), cellOf);
        while (!line.empty() && line.back() == TerminalCell())
            line.pop_back();
        line.shrink_to_fit();
        screen.m_history.push_back(std::move(line));
        if (screen.m_history.size() > kKeptLines) {
            screen.m_history.pop_front();
            ++screen.m_dropped;
        }
        return 1;
    }

    static int popLine(int columns, VTermScreenCell* cells, void* self)
    {
        TerminalScreen& screen = of(self);
        if (screen.m_history.empty())
            return 0;
        const TerminalLine line = std::move(screen.m_history.back());
        screen.m_history.pop_back();
        for (int column = 0; column < columns; ++column) {
            const auto at = static_cast<std::size_t>(column);
            cells[column] = cellFrom(at < line.size() ? line[at] : TerminalCell());
        }
        return 1;
    }

    static void answer(const char* bytes, std::size_t count, void* self)
    {
        constexpr qsizetype kMostWaiting = 1 << 20; // a program that asks without end and never reads
        if (of(self).m_toProgram.size() < kMostWaiting)
            of(self).m_toProgram.append(bytes, static_cast<qsizetype>(count));
    }

    static constexpr VTermScreenCallbacks kCallbacks{ .damage = nullptr,
        .moverect = nullptr,
        .movecursor = moveCursor,
        .settermprop = setProperty,
        .bell = nullptr,
        .resize = nullptr,
        .sb_pushline = pushLine,
        .sb_popline = popLine };
};

TerminalScreen::TerminalScreen(const QSize& size) : m_d(std::make_unique<Private>()), m_size(withinLimits(size))
{
    m_d->terminal.reset(::vterm_new(m_size.height(), m_size.width()));
    VTerm* terminal = m_d->terminal.get();
    ::vterm_set_utf8(terminal, 1);
    ::vterm_output_set_callback(terminal, &Private::answer, this);
    m_d->screen = ::vterm_obtain_screen(terminal);
    ::vterm_screen_set_callbacks(m_d->screen, &Private::kCallbacks, this);
    ::vterm_screen_enable_altscreen(m_d->screen, 1);
    ::vterm_screen_set_damage_merge(m_d->screen, VTERM_DAMAGE_SCREEN); // the view asks for what it shows
    ::vterm_screen_reset(m_d->screen, 1);
}

TerminalScreen::~TerminalScreen() = default;

void TerminalScreen::feed(std::string_view bytes)
{
    ::vterm_input_write(m_d->terminal.get(), bytes.data(), bytes.size());
    ::vterm_screen_flush_damage(m_d->screen);
}

void TerminalScreen::resize(const QSize& size)
{
    const QSize bounded = withinLimits(size);
    if (bounded == m_size)
        return;
    m_size = bounded;
    ::vterm_set_size(m_d->terminal.get(), m_size.height(), m_size.width());
    ::vterm_screen_flush_damage(m_d->screen);
}

TerminalLine TerminalScreen::line(qint64 number) const
{
    if (number < firstLine() || number >= endLine())
        return {};
    if (number < topLine())
        return m_history[static_cast<std::size_t>(number - firstLine())];
    TerminalLine line(static_cast<std::size_t>(m_size.width()));
    VTermPos at{ static_cast<int>(number - topLine()), 0 };
    for (TerminalCell& cell : line) {
        VTermScreenCell from{};
        if (::vterm_screen_get_cell(m_d->screen, at, &from) != 0)
            cell = cellOf(from);
        ++at.col;
    }
    return line;
}

void TerminalScreen::pressKey(int key, Qt::KeyboardModifiers modifiers, const QString& text)
{
    const VTermKey named = terminalKey(key);
    if (named == VTERM_KEY_NONE) {
        m_toProgram += terminalText(key, modifiers, text);
        return;
    }
    auto held = terminalModifiers(modifiers);
    if (key == Qt::Key_Backtab)
        held = static_cast<VTermModifier>(held | VTERM_MOD_SHIFT);
    if (key != Qt::Key_Backtab
        && (named == VTERM_KEY_ENTER || named == VTERM_KEY_BACKSPACE || named == VTERM_KEY_ESCAPE))
        held = static_cast<VTermModifier>(held & VTERM_MOD_ALT); // what shells know: no "CSI u" for these
    ::vterm_keyboard_key(m_d->terminal.get(), named, held);
}

void TerminalScreen::paste(const QString& text)
{
    ::vterm_keyboard_start_paste(m_d->terminal.get());
    m_toProgram += pasteable(text);
    ::vterm_keyboard_end_paste(m_d->terminal.get());
}

void TerminalScreen::moveMouse(const QPoint& cell, Qt::KeyboardModifiers modifiers)
{
    ::vterm_mouse_move(m_d->terminal.get(), cell.y(), cell.x(), terminalModifiers(modifiers));
}

void TerminalScreen::pressMouse(int button, bool isPressed, Qt::KeyboardModifiers modifiers)
{
    if (m_wantsMouse) // libvterm tells either way
        ::vterm_mouse_button(m_d->terminal.get(), button, isPressed, terminalModifiers(modifiers));
}

} // namespace twinhull
