#include "ob/terminal.h"
#include "ob/test.h"

#include <errno.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* A person: a terminal whose other side runs `program`, a set of keys, and what was shown. */
typedef struct session {
    int fd;
    pid_t child;
    char shown[4096];
    size_t length;
} session;

static session start(int (*program)(void))
{
    session s = {.length = 0};
    struct winsize size = {.ws_row = 25, .ws_col = 132};
    s.child = forkpty(&s.fd, NULL, NULL, &size);
    ck_assert_int_ge(s.child, 0);
    if (s.child == 0) {
        _exit(program());
    }
    return s;
}

/* Reads until `text` was shown. The test's own time limit is what ends a wait in vain. */
static void wait_for(session *s, const char *text)
{
    while (strstr(s->shown, text) == NULL) {
        ssize_t count = read(s->fd, s->shown + s->length, sizeof s->shown - 1 - s->length);
        ck_assert_msg(count > 0, "\"%s\" never came: %s", text, s->shown);
        s->length += (size_t)count;
        s->shown[s->length] = '\0';
    }
}

static void type(session *s, const char *keys)
{
    ck_assert_int_eq(write(s->fd, keys, strlen(keys)), (ssize_t)strlen(keys));
}

static int finish(session *s)
{
    int status = 0;
    while (read(s->fd, s->shown, 1) > 0) {
    }
    close(s->fd);
    ck_assert_int_eq(waitpid(s->child, &status, 0), s->child);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void say(const char *text)
{
    ssize_t ignored = write(STDOUT_FILENO, text, strlen(text));
    (void)ignored;
}

static int ask(void)
{
    ob_buf secret = {0};
    struct termios state;
    ob_status status = ob_terminal_ask_secret("Passphrase: ", &secret);
    bool echoes = tcgetattr(STDIN_FILENO, &state) == 0 && (state.c_lflag & ECHO) != 0 &&
                  (state.c_lflag & ICANON) != 0 && (state.c_lflag & ISIG) != 0;
    bool right = status == OB_OK && secret.secret && secret.length == 7 &&
                 memcmp(secret.data, "s3cr\xC3\xABt", 7) == 0;
    say(status == OB_E_CANCELLED ? "[cancelled]" : right ? "[right]" : "[wrong]");
    ob_buf_free(&secret);
    return echoes ? 0 : 1;
}

static void check_keys(const char *keys, const char *answer)
{
    session s = start(ask);
    wait_for(&s, "Passphrase: ");
    type(&s, keys);
    wait_for(&s, answer);
    ck_assert_ptr_null(strstr(s.shown, "s3cr"));
    ck_assert_int_eq(finish(&s), 0); /* the echo is back */
}

START_TEST(posix_terminal__a_secret_is_not_shown)
{
    check_keys("s3cr\xC3\xABt\r", "[right]");
    check_keys("s3cr\xC3\xABt\n", "[right]");
}
END_TEST

START_TEST(posix_terminal__editing)
{
    check_keys("wrong\x15s3cr\xC3\xA4\x7F\xC3\xABtt\b\r", "[right]");
    check_keys("\x7Fs3cr\xC3\xABt\r", "[right]");
    check_keys("s3cr\r", "[wrong]");
}
END_TEST

START_TEST(posix_terminal__cancelling)
{
    check_keys("s3cr\x03", "[cancelled]");
    check_keys("\x04", "[cancelled]");
}
END_TEST

static int measure(void)
{
    bool right = ob_terminal_is_output() && ob_terminal_is_input() && ob_terminal_width() == 132;
    return right ? 0 : 1;
}

START_TEST(posix_terminal__is_one)
{
    session s = start(measure);
    ck_assert_int_eq(finish(&s), 0);
}
END_TEST

static int wait_for_interrupt(void)
{
    ob_terminal_catch_interrupt();
    if (ob_terminal_interrupted()) {
        return 1;
    }
    say("waiting");
    for (int i = 0; i < 3000 && !ob_terminal_interrupted(); i++) {
        usleep(10000);
    }
    return ob_terminal_interrupted() ? 7 : 2;
}

START_TEST(posix_terminal__ctrl_c_is_only_noted)
{
    session s = start(wait_for_interrupt);
    wait_for(&s, "waiting");
    type(&s, "\x03");
    ck_assert_int_eq(finish(&s), 7);
}
END_TEST

START_TEST(posix_terminal__output_without_a_reader)
{
    int ends[2];
    int status = 0;
    ck_assert_int_eq(pipe(ends), 0);
    close(ends[0]);
    pid_t child = fork();
    if (child == 0) {
        ob_terminal_outlive_reader();
        _exit(write(ends[1], "x", 1) < 0 && errno == EPIPE ? 7 : 2);
    }
    close(ends[1]);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}
END_TEST

static int ask_without_terminal(void)
{
    ob_buf secret = {0};
    if (setsid() < 0 && errno != EPERM) {
        return 1;
    }
    return ob_terminal_ask_secret("?", &secret) == OB_E_NOT_SUPPORTED ? 0 : 2;
}

START_TEST(posix_terminal__nobody_to_ask)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        _exit(ask_without_terminal());
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, posix_terminal__a_secret_is_not_shown);
    tcase_add_test(cases, posix_terminal__editing);
    tcase_add_test(cases, posix_terminal__cancelling);
    tcase_add_test(cases, posix_terminal__is_one);
    tcase_add_test(cases, posix_terminal__ctrl_c_is_only_noted);
    tcase_add_test(cases, posix_terminal__output_without_a_reader);
    tcase_add_test(cases, posix_terminal__nobody_to_ask);
}

OB_TEST_MAIN("posix_terminal", add_cases)
