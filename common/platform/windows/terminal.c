#include "ob/terminal.h"

#include "ob/alloc.h"
#include "ob/text.h"
#include "wide.h"

#include <io.h>
#include <stdio.h>
#include <stdlib.h>

#define SECRET_LIMIT 1024 /* UTF-16 units */
#define CTRL_C 3
#define CTRL_Z 26

static volatile LONG interrupted;
static UINT output_page;

static HANDLE handle_of(FILE *stream)
{
    int fd = _fileno(stream);
    return fd >= 0 ? (HANDLE)_get_osfhandle(fd) : INVALID_HANDLE_VALUE;
}

static bool is_console(FILE *stream)
{
    DWORD mode = 0;
    return GetConsoleMode(handle_of(stream), &mode) != 0;
}

bool ob_terminal_is_output(void)
{
    return is_console(stdout);
}

bool ob_terminal_is_input(void)
{
    return is_console(stdin);
}

unsigned ob_terminal_width(void)
{
    CONSOLE_SCREEN_BUFFER_INFO info;
    if (GetConsoleScreenBufferInfo(handle_of(stdout), &info) &&
        info.srWindow.Right > info.srWindow.Left) {
        return (unsigned)(info.srWindow.Right - info.srWindow.Left + 1);
    }
    return 80;
}

/* One line of the console; Ctrl-C arrives as a character, for the signal is off. */
static ob_status read_line(HANDLE input, ob_buf *secret)
{
    wchar_t line[SECRET_LIMIT];
    DWORD count = 0;
    ob_status status = OB_OK;
    if (!ReadConsoleW(input, line, SECRET_LIMIT, &count, NULL)) {
        return ob_fail(OB_E_IO, "reading from the console failed");
    }
    bool ended = count > 0 && (line[count - 1] == L'\n' || line[count - 1] == L'\r');
    while (count > 0 && (line[count - 1] == L'\n' || line[count - 1] == L'\r')) {
        count--;
    }
    bool cancelled = !ended && count < SECRET_LIMIT;
    for (DWORD i = 0; i < count; i++) {
        cancelled = cancelled || line[i] == CTRL_C || (i == 0 && line[i] == CTRL_Z);
    }
    if (cancelled) {
        status = ob_fail(OB_E_CANCELLED, "no answer was given");
    } else if (!ended) {
        FlushConsoleInputBuffer(input);
        status = ob_fail(OB_E_TOO_LARGE, "more than %d characters", SECRET_LIMIT);
    } else {
        ob_buf_clear(secret);
        status = ob_wtf8_from_utf16(secret, (const uint16_t *)line, count);
    }
    ob_wipe(line, sizeof line);
    return status;
}

ob_status ob_terminal_ask_secret(const char *prompt, ob_buf *secret)
{
    DWORD before = 0;
    DWORD written = 0;
    wchar_t *wide = NULL;
    DWORD access = GENERIC_READ | GENERIC_WRITE;
    DWORD share = FILE_SHARE_READ | FILE_SHARE_WRITE;
    HANDLE input = CreateFileW(L"CONIN$", access, share, NULL, OPEN_EXISTING, 0, NULL);
    HANDLE output = CreateFileW(L"CONOUT$", access, share, NULL, OPEN_EXISTING, 0, NULL);
    ob_status status = OB_OK;
    secret->secret = true;
    if (input == INVALID_HANDLE_VALUE || output == INVALID_HANDLE_VALUE ||
        !GetConsoleMode(input, &before)) {
        status = ob_fail(OB_E_NOT_SUPPORTED, "there is no console to ask on");
        goto out;
    }
    status = ob_windows_to_wide(prompt, &wide);
    if (OB_FAILED(status)) {
        goto out;
    }
    DWORD silent = before & ~(DWORD)(ENABLE_ECHO_INPUT | ENABLE_PROCESSED_INPUT);
    if (!SetConsoleMode(input, silent | ENABLE_LINE_INPUT) ||
        !WriteConsoleW(output, wide, (DWORD)wcslen(wide), &written, NULL)) {
        status = ob_fail(OB_E_IO, "the console cannot be asked");
    } else {
        status = read_line(input, secret);
        WriteConsoleW(output, L"\r\n", 2, &written, NULL);
    }
    SetConsoleMode(input, before);
out:
    ob_free(wide);
    if (input != INVALID_HANDLE_VALUE) {
        CloseHandle(input);
    }
    if (output != INVALID_HANDLE_VALUE) {
        CloseHandle(output);
    }
    return status;
}

static BOOL WINAPI on_control(DWORD event)
{
    if (event != CTRL_C_EVENT) {
        return FALSE;
    }
    /* Once: whoever is stuck in a call can still be ended. */
    return InterlockedExchange(&interrupted, 1) == 0;
}

void ob_terminal_catch_interrupt(void)
{
    SetConsoleCtrlHandler(on_control, TRUE);
}

bool ob_terminal_interrupted(void)
{
    return interrupted != 0;
}

void ob_terminal_outlive_reader(void)
{
    /* It is so always here. */
}

static void restore_page(void)
{
    SetConsoleOutputCP(output_page);
}

void ob_terminal_prepare(void)
{
    DWORD mode = 0;
    HANDLE output = handle_of(stdout);
    if (!GetConsoleMode(output, &mode)) {
        return;
    }
    SetConsoleMode(output, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
    /* The code page is the console's and outlives the program: the next one may count on it. */
    if (output_page == 0) {
        output_page = GetConsoleOutputCP();
        SetConsoleOutputCP(CP_UTF8);
        atexit(restore_page);
    }
}
