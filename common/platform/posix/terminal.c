#include "ob/terminal.h"

#include "ob/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define SECRET_LIMIT 4096
#define CTRL_C 3
#define CTRL_D 4
#define CTRL_U 21
#define BACKSPACE 8
#define DELETE 127

static volatile sig_atomic_t interrupted;

bool ob_terminal_is_output(void)
{
    return isatty(STDOUT_FILENO) == 1;
}

bool ob_terminal_is_input(void)
{
    return isatty(STDIN_FILENO) == 1;
}

unsigned ob_terminal_width(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        return size.ws_col;
    }
    return 80;
}

static bool put(int fd, const char *text)
{
    size_t length = strlen(text);
    while (length > 0) {
        ssize_t count = write(fd, text, length);
        if (count < 0 && errno != EINTR) {
            return false;
        }
        text += count > 0 ? count : 0;
        length -= count > 0 ? (size_t)count : 0;
    }
    return true;
}

static void erase_character(ob_buf *line)
{
    while (line->length > 0 && (line->data[--line->length] & 0xC0) == 0x80) {
    }
}

/* Reads up to the end of the line. The terminal does not edit it or turn Ctrl-C into a signal, so
 * that there is no way out that leaves the echo off. */
static ob_status read_line(int fd, ob_buf *line)
{
    for (;;) {
        unsigned char c = 0;
        ssize_t count = read(fd, &c, 1);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return ob_fail(OB_E_IO, "reading from the terminal failed");
        }
        if (count == 0 || c == CTRL_C || (c == CTRL_D && line->length == 0)) {
            return ob_fail(OB_E_CANCELLED, "no answer was given");
        }
        if (c == '\n' || c == '\r' || c == CTRL_D) {
            return ob_buf_status(line);
        }
        if (c == BACKSPACE || c == DELETE) {
            erase_character(line);
        } else if (c == CTRL_U) {
            ob_buf_clear(line);
        } else {
            ob_buf_put_u8(line, c);
        }
        ob_wipe(&c, sizeof c);
    }
}

ob_status ob_terminal_ask_secret(const char *prompt, ob_buf *secret)
{
    struct termios before;
    ob_buf line = {.secret = true, .limit = SECRET_LIMIT};
    int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 || tcgetattr(fd, &before) != 0) {
        if (fd >= 0) {
            close(fd);
        }
        return ob_fail(OB_E_NOT_SUPPORTED, "there is no terminal to ask on");
    }
    struct termios silent = before;
    silent.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG);
    silent.c_cc[VMIN] = 1;
    silent.c_cc[VTIME] = 0;
    ob_status status = OB_OK;
    if (tcsetattr(fd, TCSAFLUSH, &silent) != 0 || !put(fd, prompt)) {
        status = ob_fail(OB_E_IO, "the terminal cannot be asked");
    } else {
        status = read_line(fd, &line);
        put(fd, "\n");
    }
    tcsetattr(fd, TCSAFLUSH, &before);
    close(fd);
    secret->secret = true;
    if (status == OB_OK) {
        ob_buf_clear(secret);
        ob_buf_put(secret, line.data, line.length);
        status = ob_buf_status(secret);
    }
    ob_buf_free(&line);
    return status;
}

static void on_interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

void ob_terminal_catch_interrupt(void)
{
    /* Without SA_RESTART, so that a wait ends and its caller can look. Once: whoever is stuck in a
     * call can still be ended. */
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
}

bool ob_terminal_interrupted(void)
{
    return interrupted != 0;
}

void ob_terminal_outlive_reader(void)
{
    struct sigaction action = {.sa_handler = SIG_IGN};
    sigemptyset(&action.sa_mask);
    sigaction(SIGPIPE, &action, NULL);
}

void ob_terminal_prepare(void)
{
}
