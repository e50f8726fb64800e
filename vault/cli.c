#include "cli.h"

#include "ob/alloc.h"
#include "ob/args.h"
#include "ob/credentials.h"
#include "ob/host.h"
#include "ob/text.h"

#include <string.h>

#define EXTENSION ".VaultCredentials"
#define HOURS_MOST 720

enum option_id { NAME = 1, OUTPUT, HOURS, ADDRESS, FORCE, JSON, HELP };

#define COMMON_OPTIONS                                                                             \
    {JSON, 'j', "json", NULL, "Answer in JSON."},                                                  \
    {                                                                                              \
        HELP, 'h', "help", NULL, "Show this text."                                                 \
    }

static const ob_arg_option create_options[] = {
    {NAME, 'n', "name", "NAME", "Name of the vault (the folder's name)."},
    COMMON_OPTIONS,
};
static const ob_arg_option credentials_options[] = {
    {OUTPUT, 'o', "output", "FILE", "File to write; it must end in " EXTENSION "."},
    {HOURS, 0, "hours", "N", "How long the file is valid, 1 to 720 hours (48)."},
    {ADDRESS, 'a', "address", "ADDRESS", "Where agents find the folder (folder:FOLDER)."},
    {FORCE, 'f', "force", NULL, "Replace the file if it exists."},
    COMMON_OPTIONS,
};
static const ob_arg_option machines_options[] = {COMMON_OPTIONS};

typedef struct verb {
    const char *name;
    const char *usage;
    const char *summary;
    const char *text; /* more, and examples */
    const ob_arg_option *options;
    size_t option_count;
    ob_status (*run)(vault_cli *cli, const vault_request *request);
} verb;

#define OPTIONS(table) table, sizeof table / sizeof table[0]

static const verb verbs[] = {
    {"create", "create FOLDER [--name NAME]", "Make a vault in a folder.",
     "The folder must be empty or absent. It may be on another disk or on a share that all\n"
     "machines reach. Keep vault.key secret: it signs credentials.\n"
     "\n"
     "Examples:\n"
     "  obvault create /mnt/backup/vault\n"
     "  obvault create /mnt/backup/vault --name Berlin --json\n",
     OPTIONS(create_options), vault_create},
    {"credentials", "credentials FOLDER -o FILE [--hours N] [--address ADDRESS] [--force]",
     "Download vault credentials, with which machines register.",
     "Any number of machines may register with one file. Only the newest file is valid: each\n"
     "download ends the validity of those before. Registered machines are not affected.\n"
     "With --address, machines look for the folder elsewhere than it is on this one.\n"
     "\n"
     "Examples:\n"
     "  obvault credentials /mnt/backup/vault -o Berlin.VaultCredentials\n"
     "  obvault credentials /srv/vault -o Berlin.VaultCredentials --hours 8 \\\n"
     "    --address 'folder:\\\\server\\vault'\n",
     OPTIONS(credentials_options), vault_credentials},
    {"machines", "machines FOLDER", "List the machines that are registered.",
     "Examples:\n"
     "  obvault machines /mnt/backup/vault\n"
     "  obvault machines /mnt/backup/vault --json\n",
     OPTIONS(machines_options), vault_machines},
};
#define VERB_COUNT (sizeof verbs / sizeof verbs[0])

static const char exit_codes[] = "\nExit codes: 0 done, 1 failed, 2 the command line is wrong.\n";

/* ---- help ---- */

static void put_help(vault_cli *cli)
{
    ob_buf_put_text(&cli->out, "obvault makes vaults for backups and the credentials with which "
                               "machines register.\n\nUsage: obvault VERB FOLDER [OPTION]...\n\n");
    for (size_t i = 0; i < VERB_COUNT; i++) {
        ob_buf_printf(&cli->out, "  %-12s %s\n", verbs[i].name, verbs[i].summary);
    }
    ob_buf_put_text(&cli->out, "\n  obvault VERB --help   Options and examples of a verb.\n"
                               "  obvault --version     The version of this program.\n");
    ob_buf_put_text(&cli->out, exit_codes);
}

static void put_verb_help(vault_cli *cli, const verb *of)
{
    ob_buf_printf(&cli->out, "%s\n\nUsage: obvault %s [--json]\n\n", of->summary, of->usage);
    ob_args_help(&cli->out, of->options, of->option_count);
    ob_buf_printf(&cli->out, "\n%s%s", of->text, exit_codes);
}

/* ---- errors ---- */

/* The command line is wrong; the detail says how. */
static int put_usage_error(vault_cli *cli, const verb *of)
{
    ob_buf_printf(&cli->err, "obvault: %s\n  Try: obvault %s%s--help\n", ob_detail(),
                  of != NULL ? of->name : "", of != NULL ? " " : "");
    return VAULT_EXIT_USAGE;
}

static int put_error(vault_cli *cli, ob_status status)
{
    const ob_status_info *info = ob_status_lookup(status);
    ob_buf_printf(&cli->err, "obvault: %s", info->message);
    if (ob_detail()[0] != '\0') {
        ob_buf_printf(&cli->err, " (%s)", ob_detail());
    }
    /* The agent's group has no say here: it is the folder's permissions that refuse. */
    ob_buf_printf(
        &cli->err, "\n  %s\n",
        status == OB_E_ACCESS_DENIED
            ? "Run it as the user whom the vault's folder belongs to; on Linux mostly root, "
              "on Windows an administrator."
            : info->advice);
    return VAULT_EXIT_FAILED;
}

/* ---- the command line ---- */

static char lower(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return (char)(c + ('a' - 'A'));
    }
    return c;
}

static bool ends_with_extension(const char *file)
{
    static const char extension[] = EXTENSION;
    const size_t length = sizeof extension - 1;
    size_t have = strlen(file);
    if (have <= length) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (lower(file[have - length + i]) != lower(extension[i])) {
            return false;
        }
    }
    return true;
}

static ob_status read_hours(const char *text, unsigned *out)
{
    unsigned hours = 0;
    for (const char *at = text; *at != '\0' && hours <= HOURS_MOST; at++) {
        hours = *at >= '0' && *at <= '9' ? hours * 10 + (unsigned)(*at - '0') : HOURS_MOST + 1;
    }
    if (hours == 0 || hours > HOURS_MOST) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "--hours takes a number from 1 to %d, not %s",
                       HOURS_MOST, text);
    }
    *out = hours;
    return OB_OK;
}

/* An option or argument into the request. */
static ob_status take(vault_request *request, int id, const char *value)
{
    switch (id) {
    case OB_ARG_PLAIN:
        if (request->folder != NULL) {
            return ob_fail(OB_E_INVALID_ARGUMENT, "one FOLDER is wanted, %s is too much", value);
        }
        return ob_host_absolute_path(value, &request->folder);
    case NAME:
        request->name = value;
        return OB_OK;
    case OUTPUT:
        request->output = value;
        return OB_OK;
    case HOURS:
        return read_hours(value, &request->hours);
    case ADDRESS:
        request->address = value;
        return OB_OK;
    case FORCE:
        request->force = true;
        return OB_OK;
    case JSON:
        request->json = true;
        return OB_OK;
    default:
        return OB_OK;
    }
}

/* What only the whole of the request shows. */
static ob_status check_request(const verb *of, const vault_request *request)
{
    if (request->folder == NULL) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "which FOLDER?");
    }
    if (of->run != vault_credentials) {
        return OB_OK;
    }
    if (request->output == NULL) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "-o FILE" EXTENSION " is needed");
    }
    if (!ends_with_extension(request->output)) {
        return ob_fail(OB_E_INVALID_ARGUMENT,
                       "the file's name must end in " EXTENSION ", by which agents know it: "
                       "-o %s" EXTENSION,
                       request->output);
    }
    if (request->address != NULL && ob_address_folder(request->address) == NULL) {
        return ob_fail(OB_E_INVALID_ARGUMENT,
                       "--address takes \"folder:\" and an absolute path, not %s",
                       request->address);
    }
    return OB_OK;
}

static int run_verb(vault_cli *cli, const verb *of, char *const *argv)
{
    vault_request request = {.hours = OB_CREDENTIALS_HOURS};
    const char *value = NULL;
    int id = OB_ARG_PLAIN;
    int code = VAULT_EXIT_OK;
    ob_args args = ob_args_of(of->options, of->option_count, argv);
    ob_status status = ob_args_next(&args, &id, &value);
    while (status == OB_OK && id != OB_ARG_END) {
        if (id == HELP) {
            put_verb_help(cli, of);
            goto out;
        }
        status = take(&request, id, value);
        if (status == OB_OK) {
            status = ob_args_next(&args, &id, &value);
        }
    }
    if (status == OB_OK) {
        status = check_request(of, &request);
    }
    if (OB_FAILED(status)) {
        code = status == OB_E_INVALID_ARGUMENT ? put_usage_error(cli, of) : put_error(cli, status);
        goto out;
    }
    ob_detail_clear();
    status = of->run(cli, &request);
    if (OB_FAILED(status)) {
        code = put_error(cli, status);
    }
out:
    ob_free(request.folder);
    return code;
}

int vault_cli_run(vault_cli *cli, char *const *argv)
{
    const char *first = argv[0];
    if (first == NULL) {
        ob_fail(OB_E_INVALID_ARGUMENT, "which verb?");
        return put_usage_error(cli, NULL);
    }
    if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0 || strcmp(first, "help") == 0) {
        put_help(cli);
        return VAULT_EXIT_OK;
    }
    if (strcmp(first, "--version") == 0) {
        ob_buf_put_text(&cli->out, "obvault " OB_VERSION "\n");
        return VAULT_EXIT_OK;
    }
    for (size_t i = 0; i < VERB_COUNT; i++) {
        if (strcmp(first, verbs[i].name) == 0) {
            return run_verb(cli, &verbs[i], argv + 1);
        }
    }
    ob_fail(OB_E_INVALID_ARGUMENT, "unknown verb %s", first);
    return put_usage_error(cli, NULL);
}
