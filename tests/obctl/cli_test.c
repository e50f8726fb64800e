#include "cli_test.h"

#include <stdlib.h>
#include <string.h>

#define WORDS_MOST 32

ob_test_clock cli_clock;

static const char *folder;
static const char *input;
static size_t width;
static ob_cli bare;
static FILE *files[3];

void cli_setup(void)
{
    fake_agent_start();
    folder = ob_test_temp();
    input = "";
    width = 0;
    ob_test_clock_init(&cli_clock);
    ck_assert_int_eq(putenv((char *)ob_test_format("TZ=UTC")), 0);
    memset(&bare, 0, sizeof bare);
}

static void close_files(void)
{
    for (size_t i = 0; i < 3; i++) {
        if (files[i] != NULL) {
            fclose(files[i]);
            files[i] = NULL;
        }
    }
}

void cli_teardown(void)
{
    ob_client_close(bare.client);
    close_files();
    fake_agent_stop();
}

void cli_set_terminal(size_t columns)
{
    width = columns;
}

void cli_set_input(const char *text)
{
    input = text;
}

static FILE *open_file(const char *name, const char *mode)
{
    FILE *file = fopen(ob_test_path(folder, name), mode);
    ck_assert_ptr_nonnull(file);
    return file;
}

static ob_cli fresh(void)
{
    close_files();
    ob_test_write_text(ob_test_path(folder, "in"), input);
    files[0] = open_file("in", "rb");
    files[1] = open_file("out", "wb");
    files[2] = open_file("err", "wb");
    return (ob_cli){
        .in = files[0],
        .out = files[1],
        .err = files[2],
        .terminal = width > 0,
        .width = width,
        .clock = &cli_clock.clock,
    };
}

ob_cli *cli_bare(void)
{
    ob_client_close(bare.client);
    bare = fresh();
    bare.client = fake_agent_connect();
    return &bare;
}

int cli_run_words(char *const *words)
{
    const char *all[WORDS_MOST + 3] = {"--endpoint", fake_agent_endpoint()};
    size_t count = 2;
    for (; *words != NULL; words++) {
        ck_assert_uint_lt(count, WORDS_MOST);
        all[count++] = *words;
    }
    ob_cli cli = fresh();
    int code = ob_cli_run(&cli, (char *const *)all);
    ck_assert_ptr_null(cli.client);
    ck_assert_ptr_null(cli.operands);
    close_files();
    return code;
}

int cli_run(const char *line)
{
    char *words[WORDS_MOST + 1] = {0};
    char *copy = (char *)ob_test_format("%s", line);
    size_t count = 0;
    for (char *word = strtok(copy, " "); word != NULL; word = strtok(NULL, " ")) {
        ck_assert_uint_lt(count, WORDS_MOST);
        words[count++] = word;
    }
    return cli_run_words(words);
}

static const char *read_back(const char *name)
{
    size_t length = 0;
    for (size_t i = 0; i < 3; i++) {
        if (files[i] != NULL) {
            fflush(files[i]);
        }
    }
    return (const char *)ob_test_read_file(ob_test_path(folder, name), &length);
}

const char *cli_out(void)
{
    return read_back("out");
}

const char *cli_err(void)
{
    return read_back("err");
}

static bool has(const char *text, const char *part)
{
    bool found = strstr(text, part) != NULL;
    if (!found) {
        fprintf(stderr, "not there: \"%s\"\nin: \"%s\"\n", part, text);
    }
    return found;
}

bool cli_out_has(const char *part)
{
    return has(cli_out(), part);
}

bool cli_out_starts(const char *part)
{
    const char *text = cli_out();
    return has(text, part) && strncmp(text, part, strlen(part)) == 0;
}

bool cli_err_has(const char *part)
{
    return has(cli_err(), part);
}
