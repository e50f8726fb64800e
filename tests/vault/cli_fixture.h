/* Runs obvault inside of the test and keeps what it said. */
#ifndef OB_CLI_FIXTURE_H
#define OB_CLI_FIXTURE_H

#include "cli.h"
#include "ob/json.h"
#include "ob/test.h"

typedef struct cli_fixture {
    ob_test_clock clock;
    ob_test_fs fs;      /* fails nothing until told */
    const char *folder; /* absent, in a folder of its own */
    const char *out;    /* of the last run; texts live until the program ends */
    const char *err;
} cli_fixture;

void cli_fixture_make(cli_fixture *fixture);
/* CLI_RUN(&fixture, "create", folder): the exit code. */
int cli_fixture_run(cli_fixture *fixture, const char *const *argv);
#define CLI_RUN(fixture, ...) cli_fixture_run(fixture, (const char *[]){__VA_ARGS__, NULL})
/* The answer of the last run as JSON; ob_json_free() it. */
cJSON *cli_fixture_json(const cli_fixture *fixture);
/* A file beside the vault. */
const char *cli_fixture_file(const cli_fixture *fixture, const char *name);

#define ck_assert_contains(text, part)                                                             \
    ck_assert_msg(strstr(text, part) != NULL, "\"%s\" is not in: %s", part, text)

#endif
