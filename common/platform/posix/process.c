#include "ob/process.h"

#include "fs_private.h"
#include "ob/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STEP 10    /* ms between two looks at whether it has ended */
#define GRACE 2000 /* ms for a program to clean up when it is told to end */

extern char **environ;

struct ob_process {
    pid_t pid; /* of the program and of its group */
    bool ended;
    int64_t code;
    int output; /* our ends of its pipes, -1: closed */
    int errors;
    char tail[OB_PROCESS_TAIL + 1];
    size_t tail_length;
};

/* ---- starting ---- */

static size_t count_of(const char *const *list)
{
    size_t count = 0;
    while (list != NULL && list[count] != NULL) {
        count++;
    }
    return count;
}

static bool is_set_in(const char *const *list, const char *entry)
{
    size_t name = strcspn(entry, "=") + 1;
    for (; list != NULL && *list != NULL; list++) {
        if (strncmp(*list, entry, name) == 0) {
            return true;
        }
    }
    return false;
}

/* This process's environment with `more` set; the texts are borrowed. */
static char **make_environment(const char *const *more)
{
    size_t count = 0;
    char **list =
        ob_calloc(count_of((const char *const *)environ) + count_of(more) + 1, sizeof *list);
    for (char **entry = environ; list != NULL && *entry != NULL; entry++) {
        if (!is_set_in(more, *entry)) {
            list[count++] = *entry;
        }
    }
    for (; list != NULL && more != NULL && *more != NULL; more++) {
        list[count++] = (char *)(uintptr_t)*more;
    }
    return list;
}

static int spawn(ob_process *process, const ob_process_options *options, char **environment,
                 const int output[2], const int errors[2])
{
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    sigset_t signals;
    short flags = POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
    int error = posix_spawnattr_init(&attributes);
    if (error != 0) {
        return error;
    }
    error = posix_spawn_file_actions_init(&actions);
    if (error != 0) {
        posix_spawnattr_destroy(&attributes);
        return error;
    }
    sigemptyset(&signals);
    error = posix_spawnattr_setsigmask(&attributes, &signals);
    sigaddset(&signals, SIGPIPE);
    error = error != 0 ? error : posix_spawnattr_setsigdefault(&attributes, &signals);
    error = error != 0 ? error : posix_spawnattr_setflags(&attributes, flags);
    error = error != 0 ? error
                       : posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    error = error != 0 ? error : posix_spawn_file_actions_adddup2(&actions, output[1], 1);
    error = error != 0 ? error
                       : posix_spawn_file_actions_adddup2(
                             &actions, options->one_output ? output[1] : errors[1], 2);
    if (error == 0) {
        error = posix_spawn(&process->pid, options->argv[0], &actions, &attributes,
                            (char *const *)(uintptr_t)options->argv, environment);
    }
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return error;
}

static void close_end(int *end)
{
    if (*end >= 0) {
        close(*end);
        *end = -1;
    }
}

/* Our end does not wait, theirs does as programs expect. */
static bool make_pipe(int ends[2])
{
    return pipe2(ends, O_CLOEXEC) == 0 && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0;
}

ob_status ob_process_start(const ob_process_options *options, ob_process **out)
{
    int output[2] = {-1, -1};
    int errors[2] = {-1, -1};
    ob_status status = OB_OK;
    ob_process *process = ob_calloc(1, sizeof *process);
    char **environment = make_environment(options->environment);
    if (process == NULL || environment == NULL) {
        status = ob_fail(OB_E_NO_MEMORY, "%s", options->argv[0]);
        goto out;
    }
    if (!make_pipe(output) || !make_pipe(errors)) {
        status = ob_posix_fail(errno, NULL, "a pipe");
        goto out;
    }
    int error = spawn(process, options, environment, output, errors);
    if (error != 0) {
        status = ob_posix_fail(error, NULL, options->argv[0]);
        goto out;
    }
    process->output = output[0];
    process->errors = errors[0];
    output[0] = errors[0] = -1; /* transferred */
    *out = process;
    process = NULL; /* transferred */
out:
    close_end(&output[0]);
    close_end(&output[1]);
    close_end(&errors[0]);
    close_end(&errors[1]);
    ob_free(environment);
    ob_free(process);
    return status;
}

/* ---- its life ---- */

/* It is not waited for before the end, so that its number stays its own and its group's. */
static void look_for_end(ob_process *process)
{
    siginfo_t info = {.si_pid = 0};
    if (process->ended ||
        waitid(P_PID, (id_t)process->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
        info.si_pid == 0) {
        return;
    }
    process->ended = true;
    process->code = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

static void keep_tail(ob_process *process, const char *data, size_t length)
{
    size_t keep = process->tail_length;
    if (keep + length > OB_PROCESS_TAIL) {
        keep = OB_PROCESS_TAIL - length;
        memmove(process->tail, process->tail + process->tail_length - keep, keep);
    }
    memcpy(process->tail + keep, data, length);
    process->tail_length = keep + length;
}

/* So that a program that complains much does not wait for a reader. */
static void take_errors(ob_process *process)
{
    char data[512];
    while (process->errors >= 0) {
        ssize_t count = read(process->errors, data, sizeof data);
        if (count > 0) {
            keep_tail(process, data, (size_t)count);
        } else if (count == 0 || errno != EINTR) {
            bool later = count < 0 && errno == EAGAIN;
            if (!later) {
                close_end(&process->errors);
            }
            return;
        }
    }
}

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Waits for output, or a while for the program to end. */
static void wait_for_output(ob_process *process, uint64_t ms)
{
    struct pollfd ends[2] = {{.fd = process->output, .events = POLLIN},
                             {.fd = process->errors, .events = POLLIN}};
    (void)poll(ends, 2, (int)(ms < 1000 ? ms : 1000));
    take_errors(process);
}

ob_status ob_process_read(ob_process *process, void *data, size_t size, uint32_t ms, size_t *got,
                          bool *ended)
{
    uint64_t limit = now_ms() + ms;
    for (;;) {
        take_errors(process);
        ssize_t count = process->output >= 0 ? read(process->output, data, size) : 0;
        if (count >= 0) {
            *got = (size_t)count;
            *ended = count == 0;
            return OB_OK;
        }
        if (errno != EAGAIN && errno != EINTR) {
            return ob_posix_fail(errno, NULL, "the output of a program");
        }
        uint64_t now = now_ms();
        if (now >= limit) {
            *got = 0;
            *ended = false;
            return OB_OK;
        }
        wait_for_output(process, limit - now);
    }
}

ob_status ob_process_wait(ob_process *process, uint32_t ms, bool *ended, int64_t *code)
{
    uint64_t limit = now_ms() + ms;
    look_for_end(process);
    while (!process->ended && now_ms() < limit) {
        struct pollfd end = {.fd = process->errors, .events = POLLIN};
        (void)poll(&end, 1, STEP);
        take_errors(process);
        look_for_end(process);
    }
    *ended = process->ended;
    if (process->ended) {
        take_errors(process);
        *code = process->code;
    }
    return OB_OK;
}

const char *ob_process_errors(ob_process *process)
{
    process->tail[process->tail_length] = '\0';
    return process->tail;
}

void ob_process_close(ob_process *process)
{
    bool ended = false;
    int64_t code = 0;
    if (process == NULL) {
        return;
    }
    look_for_end(process);
    if (!process->ended) {
        kill(-process->pid, SIGTERM);
        (void)ob_process_wait(process, GRACE, &ended, &code);
    }
    kill(-process->pid, SIGKILL);
    while (waitpid(process->pid, NULL, 0) < 0 && errno == EINTR) {
    }
    close_end(&process->output);
    close_end(&process->errors);
    ob_free(process);
}
