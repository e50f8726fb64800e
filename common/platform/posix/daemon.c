#include "ob/daemon.h"

#include "ob/thread.h"

#include <errno.h>
#include <fcntl.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Signals write a byte here; a thread reads it, for a handler may do next to nothing itself. */
static int pipe_ends[2] = {-1, -1};

static const int stop_signals[] = {SIGTERM, SIGINT};
#define STOP_SIGNALS (sizeof stop_signals / sizeof stop_signals[0])

static void on_signal(int number)
{
    int error = errno;
    (void)number;
    /* A full pipe has told enough already. */
    ssize_t ignored = write(pipe_ends[1], "s", 1);
    (void)ignored;
    errno = error;
}

static void wait_for_signals(void *argument)
{
    const ob_daemon_program *program = argument;
    for (;;) {
        char what = 0;
        ssize_t count = read(pipe_ends[0], &what, 1);
        if (count == 1 && what == 's') {
            program->stop(program->context);
        } else if (count >= 0 || errno != EINTR) {
            return;
        }
    }
}

static ob_status run_with_signals(const ob_daemon_program *program)
{
    ob_thread *thread = NULL;
    struct sigaction before[STOP_SIGNALS];
    struct sigaction before_pipe;
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigemptyset(&action.sa_mask);
    ob_status status = ob_thread_start(&thread, wait_for_signals, (void *)(uintptr_t)program);
    if (OB_FAILED(status)) {
        return status;
    }
    /* A caller that hangs up is an error of a write, not the end of the process. */
    sigaction(SIGPIPE, &ignore, &before_pipe);
    for (size_t i = 0; i < STOP_SIGNALS; i++) {
        sigaction(stop_signals[i], &action, &before[i]);
    }
    status = program->run(program->context);
    for (size_t i = 0; i < STOP_SIGNALS; i++) {
        sigaction(stop_signals[i], &before[i], NULL);
    }
    sigaction(SIGPIPE, &before_pipe, NULL);
    while (write(pipe_ends[1], "e", 1) < 0 && errno == EINTR) {
    }
    ob_thread_join(thread);
    return status;
}

/* A job takes large blocks and frees them, and then there may be none for hours. The C library would
 * learn from the first one that is freed to keep them. */
static void give_memory_back(void)
{
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 128 << 10);
#endif
}

ob_status ob_daemon_main(const char *service_name, bool as_service,
                         const ob_daemon_program *program)
{
    (void)service_name;
    (void)as_service;
    give_memory_back();
    if (pipe2(pipe_ends, O_CLOEXEC) != 0) {
        return ob_fail(OB_E_IO, "a pipe for signals: %s", strerror(errno));
    }
    ob_status status = run_with_signals(program);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    pipe_ends[0] = pipe_ends[1] = -1;
    return status;
}

/* One datagram to $NOTIFY_SOCKET, a path or "@" and an abstract name; nothing without it. */
static void notify(const char *message)
{
    const char *place = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = place != NULL ? strlen(place) : 0;
    if (length < 2 || length >= sizeof address.sun_path || (place[0] != '/' && place[0] != '@')) {
        return;
    }
    memcpy(address.sun_path, place, length);
    if (place[0] == '@') {
        address.sun_path[0] = '\0';
    }
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return;
    }
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    ssize_t ignored =
        sendto(fd, message, strlen(message), MSG_NOSIGNAL, (const struct sockaddr *)&address, size);
    (void)ignored;
    close(fd);
}

void ob_daemon_ready(void)
{
    notify("READY=1");
}

void ob_daemon_status_text(const char *text)
{
    char message[512];
    snprintf(message, sizeof message, "STATUS=%s", text);
    /* A line end would begin another assignment. */
    for (char *c = message; *c != '\0'; c++) {
        if (*c == '\n' || *c == '\r') {
            *c = ' ';
        }
    }
    notify(message);
}

void ob_daemon_stopping(void)
{
    notify("STOPPING=1");
}
