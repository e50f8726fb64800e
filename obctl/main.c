#include "cli.h"

#include "ob/host.h"
#include "ob/terminal.h"

int main(int argc, char **argv)
{
    char **words = NULL;
    ob_terminal_prepare();
    if (OB_FAILED(ob_host_arguments(argc, argv, &words))) {
        fprintf(stderr, "obctl: %s\n", ob_detail());
        return OB_EXIT_FAILED;
    }
    ob_cli cli = {
        .in = stdin,
        .out = stdout,
        .err = stderr,
        .terminal = ob_terminal_is_output(),
        .width = ob_terminal_width(),
        .clock = ob_clock_os(),
    };
    return ob_cli_run(&cli, words[0] != NULL ? words + 1 : words);
}
