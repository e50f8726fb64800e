/* What obctl says: errors, documents, texts. */
#ifndef OBCTL_OUTPUT_H
#define OBCTL_OUTPUT_H

#include "cli.h"
#include "table.h"

typedef struct cJSON cJSON;

/* Prints why this thread's last call of libobclient failed, to people on `err` and with --json also
 * as one document (error.schema.json) on `out`. Returns the exit code that fits. */
int ob_output_client_error(ob_cli *cli);
/* The same for a failure of obctl itself: the status and ob_detail(). */
int ob_output_error(ob_cli *cli, ob_status status);
/* "obctl: …" with a hint at the help of `command` ("" or "job list"); OB_EXIT_USAGE. */
int ob_output_usage_error(ob_cli *cli, const char *command, const char *format, ...)
    OB_PRINTF(3, 4);

/* An error as a document of error.schema.json. */
cJSON *ob_output_error_json(const ob_client_error *error, bool *failed);

/* Says `text` to people, an empty document to scripts: for what has no result. OB_EXIT_OK. */
int ob_output_done(ob_cli *cli, const char *text);
/* Writes counted text to `out`. */
void ob_output_text(ob_cli *cli, const ob_buf *text);
/* One document on a line of its own. */
void ob_output_document(ob_cli *cli, const ob_buf *document);
/* A document of the agent for scripts: read and printed anew, so that what is no JSON is an error
 * and not output. An exit code. */
int ob_output_agent(ob_cli *cli, const ob_buf *document);
/* Takes `json` over in every case; `failed`, or NULL, is an error of its own. An exit code. */
int ob_output_json(ob_cli *cli, cJSON *json, bool failed);
/* Takes the table's cells over. An exit code. */
int ob_output_table(ob_cli *cli, ob_table *table);

/* Local time as "2026-01-31 13:45:00", "" for 0. */
#define OB_OUTPUT_TIME 32
void ob_output_time(char out[OB_OUTPUT_TIME], int64_t time);

#endif
