#include "completion.h"
#include "manual.h"
#include "output.h"
#include "run.h"

#include <string.h>

static int print(ob_cli *cli, ob_buf *text)
{
    ob_status status = ob_buf_status(text);
    if (OB_FAILED(status)) {
        ob_buf_free(text);
        return ob_output_error(cli, status);
    }
    ob_output_text(cli, text);
    ob_buf_free(text);
    return OB_EXIT_OK;
}

int ob_run_manual(ob_cli *cli)
{
    ob_buf text = {0};
    ob_manual_page(&text);
    return print(cli, &text);
}

int ob_run_completion(ob_cli *cli)
{
    ob_buf text = {0};
    if (strcmp(cli->operands[0], "bash") != 0) {
        return ob_output_usage_error(cli, "completion", "there is none for %s, only for bash",
                                     cli->operands[0]);
    }
    ob_completion_bash(&text);
    return print(cli, &text);
}
