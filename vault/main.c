/* The program obvault: arguments in, text and exit code out; cli.h has the rest. */
#include "cli.h"

#include "ob/host.h"
#include "ob/terminal.h"

#include <stdio.h>

static bool write_out(FILE *to, const ob_buf *text)
{
    return text->length == 0 ||
           (fwrite(text->data, 1, text->length, to) == text->length && fflush(to) == 0);
}

int main(int argc, char **argv)
{
    char **arguments = NULL;
    vault_cli cli = {.fs = ob_fs_os(), .clock = ob_clock_os()};
    if (OB_FAILED(ob_host_arguments(argc, argv, &arguments)) || argc < 1) {
        fprintf(stderr, "obvault: %s\n", ob_detail());
        return VAULT_EXIT_FAILED;
    }
    ob_terminal_prepare();
    int code = vault_cli_run(&cli, arguments + 1);
    if (OB_FAILED(ob_buf_status(&cli.out)) || !write_out(stdout, &cli.out)) {
        fputs("obvault: the answer could not be written\n", stderr);
        code = VAULT_EXIT_FAILED;
    }
    write_out(stderr, &cli.err);
    ob_buf_free(&cli.out);
    ob_buf_free(&cli.err);
    return code;
}
