/*
 * The command obvault: administration of vaults. Each verb reads its request and writes to two
 * buffers, so that tests run it as it is.
 *
 * Exit codes: 0 done, 1 failed, 2 the command line was wrong.
 */
#ifndef OB_VAULT_CLI_H
#define OB_VAULT_CLI_H

#include "ob/buf.h"
#include "ob/clock.h"
#include "ob/fs.h"

enum vault_exit { VAULT_EXIT_OK = 0, VAULT_EXIT_FAILED = 1, VAULT_EXIT_USAGE = 2 };

typedef struct vault_cli {
    const ob_fs *fs;
    const ob_clock *clock;
    ob_buf out; /* for standard output */
    ob_buf err; /* for standard error */
} vault_cli;

/* Runs one command. `argv` begins behind the program's name and ends with NULL. The caller frees
 * both buffers. Returns the exit code. */
int vault_cli_run(vault_cli *cli, char *const *argv);

/* What the command line asked of a verb; texts are borrowed from it. */
typedef struct vault_request {
    char *folder;        /* absolute */
    const char *name;    /* --name; NULL: not given, as all below */
    const char *output;  /* -o */
    const char *address; /* --address */
    unsigned hours;      /* --hours */
    bool force;
    bool json;
} vault_request;

/* The verbs. A failure's detail says what to do where the status' own advice does not. */
ob_status vault_create(vault_cli *cli, const vault_request *request);
ob_status vault_credentials(vault_cli *cli, const vault_request *request);
ob_status vault_machines(vault_cli *cli, const vault_request *request);

#endif
