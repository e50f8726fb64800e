/*
 * The engine under faults: a small story of steps, and for each step and kind of fault the Nth
 * place of it goes wrong, for each N until there is none left. After each, every point restores and
 * the next backup succeeds.
 *
 *   engine_faults [--every N] [--jobs N] [--step NAME]
 *
 * With --every only each Nth place, for a quick look. Ends with the counts and a line of Check's
 * form, in which a fault is a check.
 */
#include "faults.h"

#include <malloc.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define JOBS_MOST 16
#define LIMIT 60 /* seconds for one fault */
#define OLD_PASSPHRASE "the first passphrase of it"
#define NEW_PASSPHRASE "another, which follows it"

typedef struct step {
    const char *name;
    void (*prepare)(world *w); /* from the state of the step before; may be NULL */
    ob_status (*act)(world *w);
    const char *(*check)(world *w); /* besides the points and the next backup; may be NULL */
    unsigned every;                 /* places that are left out, for what is slow */
    bool (*did)(const world *w);    /* without a fault it did what it is here for; may be NULL */
} step;

/* ---- the story ---- */

static void need(ob_status status, const char *what)
{
    if (OB_FAILED(status)) {
        fprintf(stderr, "%s: %s (%s)\n", what, ob_status_lookup(status)->symbol, ob_detail());
        abort();
    }
}

/* What a backup that died half-way left. */
static void interrupt(world *w)
{
    fault f;
    world_change_fixed(w);
    fault_begin(&f, w, FAULT_STORE_ON, 9);
    (void)world_backup(w);
    fault_end(&f);
}

static void first_passphrase(world *w)
{
    need(world_passphrase(w, OLD_PASSPHRASE), "passphrase");
}

static ob_status change_passphrase(world *w)
{
    return world_passphrase(w, NEW_PASSPHRASE);
}

static const char *check_passphrases(world *w)
{
    return world_check_passphrases(w, NEW_PASSPHRASE, OLD_PASSPHRASE);
}

static void want_deletion(world *w)
{
    world_forget(w, 3);
}

/* What was marked is due: all but the newest point and its packs. */
static void pass_days(world *w)
{
    world_change_fixed(w); /* replaces content, whose packs nobody needs then */
    need(world_backup(w), "backup");
    world_forget(w, w->point_count - 1);
    need(world_prune(w), "marks");
    world_set_clock(w, INT64_C(48) * 3600 * 1000000000);
}

static bool has_marked(const world *w)
{
    return w->pruned.points_marked > 0 && w->pruned.packs_marked > 0;
}

static bool has_swept(const world *w)
{
    return w->pruned.points_swept > 0 && w->pruned.packs_swept > 0;
}

static const char *check_prune(world *w)
{
    const char *trouble = world_check_points(w);
    if (trouble == NULL && OB_FAILED(world_prune(w))) {
        trouble = "the next deletion fails";
    }
    return trouble;
}

static const step steps[] = {
    {"first backup", NULL, world_backup, NULL, 1, NULL},
    {"changed backup", world_change_fixed, world_backup, NULL, 1, NULL},
    {"unchanged backup", NULL, world_backup, NULL, 1, NULL},
    {"backup without cache", world_lose_cache, world_backup, NULL, 1, NULL},
    {"restore", world_empty_restored, world_restore, world_check_restored, 1, NULL},
    {"restore over", NULL, world_restore, world_check_restored, 1, NULL},
    {"backup after one that died", interrupt, world_backup, NULL, 1, NULL},
    {"deletion: marks", want_deletion, world_prune, check_prune, 1, has_marked},
    {"deletion: sweeps", pass_days, world_prune, check_prune, 1, has_swept},
    {"passphrase", first_passphrase, change_passphrase, check_passphrases, 7, NULL},
};
#define STEPS (sizeof steps / sizeof steps[0])

/* ---- the count, shared by the jobs ---- */

typedef struct tally {
    atomic_uint_fast64_t done[STEPS][FAULT_KINDS];
    atomic_uint_fast64_t wrong;
    char now[JOBS_MOST][160]; /* what each job is at */
} tally;

static tally *total;

static void say_wrong(const char *where, const char *what)
{
    atomic_fetch_add(&total->wrong, 1);
    printf("WRONG: %s: %s\n", where, what);
    fflush(stdout);
}

/* ---- one fault ---- */

static const char *check(const step *s, world *w)
{
    const char *trouble = NULL;
    if (s->check != NULL) {
        trouble = s->check(w);
    }
    if (trouble == NULL) {
        trouble = world_check_points(w);
    }
    return trouble == NULL ? world_check_next(w) : trouble;
}

/* False if there is no such place any more. */
static bool try_fault(const step *s, const world *before, fault_kind kind, uint64_t number,
                      const char *where)
{
    static world w;
    static fault f;
    world_copy(&w, before);
    alarm(LIMIT);
    fault_begin(&f, &w, kind, number);
    ob_status status = s->act(&w);
    bool hit = fault_end(&f);
    const char *trouble = NULL;
    if (OB_FAILED(status) && !hit) {
        trouble = ob_status_lookup(status)->symbol;
    }
    if (trouble == NULL && hit) {
        trouble = check(s, &w);
    }
    if (trouble != NULL) {
        say_wrong(where, trouble);
    }
    alarm(0);
    world_copy_free(&w);
    return hit;
}

static void run_step(size_t at, const world *before, unsigned job, unsigned jobs, unsigned every)
{
    const step *s = &steps[at];
    unsigned stride = jobs * every;
    for (fault_kind kind = 0; kind < FAULT_KINDS; kind++) {
        if (every > 1 && s->every > 1 && kind != FAULT_DIES && kind != FAULT_CUT_TORN) {
            continue;
        }
        /* What has few places is tried at each of them. */
        bool few = kind == FAULT_THREAD || kind == FAULT_THREAD_ON;
        unsigned by = few ? jobs : stride * s->every;
        for (uint64_t n = 1 + (uint64_t)job * (by / jobs);; n += by) {
            snprintf(total->now[job], sizeof total->now[job], "%s, %s at %llu", s->name,
                     fault_name(kind), (unsigned long long)n);
            if (!try_fault(s, before, kind, n, total->now[job])) {
                break;
            }
            atomic_fetch_add(&total->done[at][kind], 1);
        }
    }
}

/* ---- all of them ---- */

static void run_job(const world *states, const char *only, unsigned job, unsigned jobs,
                    unsigned every)
{
    for (size_t i = 0; i < STEPS; i++) {
        if (only == NULL || strcmp(only, steps[i].name) == 0) {
            run_step(i, &states[i], job, jobs, every);
        }
    }
}

/* The states in front of each step. */
static void tell_story(world *states)
{
    static world w;
    world_open(&w);
    for (size_t i = 0; i < STEPS; i++) {
        if (steps[i].prepare != NULL) {
            steps[i].prepare(&w);
        }
        ob_memory_fs_settle(w.disk);
        world_copy(&states[i], &w);
        need(steps[i].act(&w), steps[i].name);
        const char *trouble = world_check_points(&w);
        if (trouble == NULL && steps[i].did != NULL && !steps[i].did(&w)) {
            trouble = "it did not do what it is here for";
        }
        if (trouble != NULL) {
            fprintf(stderr, "without a fault: %s: %s\n", steps[i].name, trouble);
            abort();
        }
    }
}

static void wait_for(pid_t *children, unsigned jobs)
{
    for (unsigned i = 0; i < jobs; i++) {
        int status = 0;
        if (waitpid(children[i], &status, 0) != children[i] || status != 0) {
            char what[64];
            snprintf(what, sizeof what, "the process ended by %s %d",
                     WIFSIGNALED(status) ? "signal" : "exit",
                     WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
            say_wrong(total->now[i], what);
        }
    }
}

static uint64_t print_counts(void)
{
    uint64_t all = 0;
    for (size_t i = 0; i < STEPS; i++) {
        uint64_t sum = 0;
        for (fault_kind kind = 0; kind < FAULT_KINDS; kind++) {
            sum += atomic_load(&total->done[i][kind]);
        }
        printf("%-28s %8llu faults\n", steps[i].name, (unsigned long long)sum);
        all += sum;
    }
    for (fault_kind kind = 0; kind < FAULT_KINDS; kind++) {
        uint64_t sum = 0;
        for (size_t i = 0; i < STEPS; i++) {
            sum += atomic_load(&total->done[i][kind]);
        }
        printf("  %-26s %8llu\n", fault_name(kind), (unsigned long long)sum);
    }
    return all;
}

static unsigned number_of(const char *text)
{
    unsigned long value = strtoul(text, NULL, 10);
    return value > 0 && value < 1000000 ? (unsigned)value : 1;
}

int main(int count, char **arguments)
{
    static world states[STEPS];
    pid_t children[JOBS_MOST];
    unsigned jobs = 2;
    unsigned every = 1;
    const char *only = NULL;
    for (int i = 1; i + 1 < count; i += 2) {
        if (strcmp(arguments[i], "--every") == 0) {
            every = number_of(arguments[i + 1]);
        } else if (strcmp(arguments[i], "--jobs") == 0) {
            jobs = number_of(arguments[i + 1]);
        } else if (strcmp(arguments[i], "--step") == 0) {
            only = arguments[i + 1];
        }
    }
    jobs = jobs < JOBS_MOST ? jobs : JOBS_MOST;
    total = mmap(NULL, sizeof *total, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (total == MAP_FAILED) {
        perror("mmap");
        return EXIT_FAILURE;
    }
    /* The large buffers of each run in the same memory, which the system need not clear again. */
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    tell_story(states);
    fflush(stdout);
    for (unsigned job = 0; job < jobs; job++) {
        children[job] = fork();
        if (children[job] == 0) {
            run_job(states, only, job, jobs, every);
            _exit(0);
        }
    }
    wait_for(children, jobs);
    uint64_t all = print_counts();
    uint64_t wrong = atomic_load(&total->wrong);
    printf("%llu faults, %llu times something was wrong\n", (unsigned long long)all,
           (unsigned long long)wrong);
    printf("Checks: %llu, Failures: %llu, Errors: 0\n", (unsigned long long)all,
           (unsigned long long)wrong);
    return wrong == 0 && all > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
