#include "cli_fixture.h"

#include <string.h>

void cli_fixture_make(cli_fixture *fixture)
{
    memset(fixture, 0, sizeof *fixture);
    ob_test_clock_init(&fixture->clock);
    ob_test_fs_init(&fixture->fs, ob_fs_os());
    fixture->folder = ob_test_path(ob_test_temp(), "vault");
}

static const char *keep(const ob_buf *text)
{
    ob_check_ok(ob_buf_status(text));
    return text->length > 0 ? ob_test_format("%.*s", (int)text->length, (const char *)text->data)
                            : "";
}

int cli_fixture_run(cli_fixture *fixture, const char *const *argv)
{
    char *copies[16];
    size_t count = 0;
    vault_cli cli = {.fs = &fixture->fs.fs, .clock = &fixture->clock.clock};
    for (; argv[count] != NULL; count++) {
        ck_assert_uint_lt(count, 15);
        copies[count] = ob_strdup(argv[count]);
    }
    copies[count] = NULL;
    int code = vault_cli_run(&cli, copies);
    fixture->out = keep(&cli.out);
    fixture->err = keep(&cli.err);
    ob_buf_free(&cli.out);
    ob_buf_free(&cli.err);
    while (count > 0) {
        ob_free(copies[--count]);
    }
    return code;
}

cJSON *cli_fixture_json(const cli_fixture *fixture)
{
    cJSON *json = NULL;
    ob_check_ok(ob_json_parse(&json, fixture->out, strlen(fixture->out)));
    return json;
}

const char *cli_fixture_file(const cli_fixture *fixture, const char *name)
{
    return ob_test_format("%s-%s", fixture->folder, name);
}
