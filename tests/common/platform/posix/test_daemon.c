#include "ob/daemon.h"
#include "ob/test.h"
#include "ob/thread.h"

#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* What systemd would get at NOTIFY_SOCKET, a path or "@name". */
static int listen_at(const char *place)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(place);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ck_assert_uint_lt(length, sizeof address.sun_path);
    memcpy(address.sun_path, place, length);
    if (place[0] == '@') {
        address.sun_path[0] = '\0';
    }
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, size), 0);
    ck_assert_int_eq(setenv("NOTIFY_SOCKET", place, 1), 0);
    return fd;
}

/* "" when nothing is there. */
static const char *received(int fd)
{
    char message[1024];
    ssize_t length = recv(fd, message, sizeof message, MSG_DONTWAIT);
    return length < 0 ? "" : ob_test_format("%.*s", (int)length, message);
}

static void check_messages(const char *place)
{
    int fd = listen_at(place);
    ob_daemon_ready();
    ck_assert_str_eq(received(fd), "READY=1");
    ob_daemon_status_text("Backing up\nREADY=0");
    ck_assert_str_eq(received(fd), "STATUS=Backing up READY=0");
    ob_daemon_stopping();
    ck_assert_str_eq(received(fd), "STOPPING=1");
    ck_assert_str_eq(received(fd), "");
    close(fd);
}

START_TEST(posix_daemon__notifies_a_path)
{
    check_messages(ob_test_path(ob_test_temp(), "n"));
}
END_TEST

START_TEST(posix_daemon__notifies_an_abstract_name)
{
    check_messages(ob_test_format("@ob-test-%ld", (long)getpid()));
}
END_TEST

START_TEST(posix_daemon__odd_notify_sockets_are_ignored)
{
    char long_name[300];
    memset(long_name, 'x', sizeof long_name - 1);
    long_name[0] = '/';
    long_name[sizeof long_name - 1] = '\0';
    const char *const odd[] = {"", "@", "relative", long_name, "/no/such/socket"};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        ck_assert_int_eq(setenv("NOTIFY_SOCKET", odd[i], 1), 0);
        ob_daemon_ready(); /* returns */
    }
    ck_assert_int_eq(unsetenv("NOTIFY_SOCKET"), 0);
    ob_daemon_ready();
}
END_TEST

typedef struct service {
    ob_mutex lock;
    ob_cond changed;
    unsigned stops;
    unsigned wanted;
    int signal;
} service;

static ob_status run(void *context)
{
    service *s = context;
    bool in_time = true;
    for (unsigned i = 1; i <= s->wanted && in_time; i++) {
        kill(getpid(), s->signal);
        ob_mutex_lock(&s->lock);
        while (s->stops < i && in_time) {
            in_time = ob_cond_wait_for(&s->changed, &s->lock, 30000);
        }
        ob_mutex_unlock(&s->lock);
    }
    return in_time ? OB_OK : ob_fail(OB_E_TIMEOUT, "stop was not called");
}

static void stop(void *context)
{
    service *s = context;
    ob_mutex_lock(&s->lock);
    s->stops++;
    ob_cond_broadcast(&s->changed);
    ob_mutex_unlock(&s->lock);
}

START_TEST(posix_daemon__signals_ask_to_stop)
{
    static const int signals[] = {SIGTERM, SIGINT};
    struct sigaction before;
    struct sigaction after;
    for (size_t i = 0; i < 2; i++) {
        service s = {.wanted = 2, .signal = signals[i]};
        ob_daemon_program program = {run, stop, &s};
        ob_mutex_init(&s.lock);
        ob_cond_init(&s.changed);
        ck_assert_int_eq(sigaction(signals[i], NULL, &before), 0);
        ob_check_ok(ob_daemon_main("obagent", false, &program));
        ck_assert_uint_eq(s.stops, 2);
        ck_assert_int_eq(sigaction(signals[i], NULL, &after), 0);
        ck_assert(before.sa_handler == after.sa_handler);
        ob_cond_destroy(&s.changed);
        ob_mutex_destroy(&s.lock);
    }
}
END_TEST

static ob_status write_to_nobody(void *context)
{
    int ends[2];
    (void)context;
    ck_assert_int_eq(pipe(ends), 0);
    close(ends[0]);
    ssize_t count = write(ends[1], "x", 1); /* not the end of the process */
    close(ends[1]);
    return count < 0 ? OB_OK : OB_E_UNEXPECTED;
}

START_TEST(posix_daemon__a_caller_that_hangs_up_is_no_end)
{
    ob_daemon_program program = {write_to_nobody, stop, NULL};
    ob_check_ok(ob_daemon_main("obagent", false, &program));
}
END_TEST

static ob_status refuse(void *context)
{
    (void)context;
    return ob_fail(OB_E_NO_MEMORY, "no threads");
}

START_TEST(posix_daemon__no_thread_no_service)
{
    ob_daemon_program program = {write_to_nobody, stop, NULL};
    ob_thread_set_start_hook(refuse, NULL);
    ob_check_status(ob_daemon_main("obagent", false, &program), OB_E_NO_MEMORY);
    ob_thread_set_start_hook(NULL, NULL);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, posix_daemon__notifies_a_path);
    tcase_add_test(cases, posix_daemon__notifies_an_abstract_name);
    tcase_add_test(cases, posix_daemon__odd_notify_sockets_are_ignored);
    tcase_add_test(cases, posix_daemon__signals_ask_to_stop);
    tcase_add_test(cases, posix_daemon__a_caller_that_hangs_up_is_no_end);
    tcase_add_test(cases, posix_daemon__no_thread_no_service);
}

OB_TEST_MAIN("posix_daemon", add_cases)
