#include "commands.h"

#include "run.h"

#include <string.h>

#define OPTION(id, name, value, help)                                                              \
    {                                                                                              \
        id, 0, name, value, help                                                                   \
    }
#define OPTION_ASYNC                                                                               \
    OPTION(OB_OPTION_ASYNC, "async", NULL, "Do not watch the job; print its id and return")
#define OPTION_PASSPHRASE(help) OPTION(OB_OPTION_PASSPHRASE_FILE, "passphrase-file", "FILE", help)

static const ob_arg_option common_options[] = {
    OPTION(OB_OPTION_JSON, "json", NULL, "Print JSON for scripts instead of text for people"),
    OPTION(OB_OPTION_ENDPOINT, "endpoint", "ENDPOINT",
           "The agent to talk to; otherwise $OBAGENT_ENDPOINT or this machine's"),
    {OB_OPTION_HELP, 'h', "help", NULL, "Show this help"},
    OPTION(OB_OPTION_VERSION, "version", NULL, "Show the version of obctl"),
};

static const struct {
    const char *noun;
    const char *summary;
} nouns[] = {
    {"settings", "The machine's settings and its passphrase"},
    {"policy", "What is backed up"},
    {"job", "Backups and recoveries, running and done"},
    {"point", "Recovery points: what can be restored"},
    {"rescue", "Restoring from a vault's folder, without an agent"},
};

#define JOB_OPERAND                                                                                \
    "JOB is the id that `obctl job list` shows; latest, or none, is the newest job.\n"
#define POINT_OPERAND                                                                              \
    "POINT is the id that `obctl point list` shows; latest is the newest one, with --policy the\n" \
    "newest one of that policy.\n"
#define OPTION_OF_POLICY                                                                           \
    OPTION(OB_OPTION_POLICY, "policy", "NAME", "latest means the newest point of this policy")

#define TO_LAYOUT                                                                                  \
    "With --to DIR an ITEM comes back as DIR and its last name (etc/fstab as DIR/fstab),\n"        \
    "everything as DIR with the whole tree below (DIR/etc/fstab).\n"

#define RESCUE_OPTIONS                                                                             \
    OPTION(OB_OPTION_VAULT, "vault", "FOLDER", "The vault's folder"),                              \
        OPTION(OB_OPTION_MACHINE, "machine", "MACHINE",                                            \
               "Identity or name of the machine that was backed up"),                              \
        OPTION_PASSPHRASE("Its passphrase is in FILE, - for standard input; otherwise asked")
#define RESCUE_ABOUT                                                                               \
    "Works without an agent and writes nothing into the vault. --machine may be left out if\n"     \
    "the vault has one machine. The cache is in $TMPDIR or %TEMP% meanwhile.\n"

/* clang-format off */
static const ob_command commands[] = {
    {
        .noun = "register", .operands = "FILE", .least = 1, .most = 1,
        .summary = "Register this machine with a vault",
        .about = "FILE is the vault credentials file (*.VaultCredentials) downloaded from the\n"
                 "vault. It is valid for 48 hours, and only the newest download is.\n",
        .examples = "obctl register /root/fleet.VaultCredentials\n",
        .run = ob_run_register,
    },
    {
        .noun = "status", .operands = "",
        .summary = "Show the agent, its vault, policies and jobs",
        .about = "",
        .examples = "obctl status\nobctl status --json\n",
        .run = ob_run_status,
    },
    {
        .noun = "settings", .verb = "show", .operands = "",
        .summary = "Show the machine's settings",
        .about = "",
        .examples = "obctl settings show\n",
        .run = ob_run_settings_show,
    },
    {
        .noun = "settings", .verb = "passphrase", .operands = "",
        .summary = "Set the passphrase that encrypts the backups",
        .about = "At least 16 characters. Without it nobody can restore: keep it in a safe place\n"
                 "away from this machine. It is asked for twice, without showing it.\n",
        .examples = "obctl settings passphrase\n"
                    "obctl settings passphrase --passphrase-file /root/passphrase\n"
                    "pass show backup | obctl settings passphrase --passphrase-file -\n",
        .run = ob_run_settings_passphrase,
        .options = {OPTION_PASSPHRASE("Read it from FILE, - for standard input, and do not ask")},
    },
    {
        .noun = "settings", .verb = "set", .operands = "",
        .summary = "Change settings",
        .about = "Settings that are not named stay as they are.\n",
        .examples = "obctl settings set --compression small\n"
                    "obctl settings set --machine 0f403adc-e32a-47c7-bdad-2ffcb34035c3\n"
                    "obctl settings set --file settings.json\n",
        .run = ob_run_settings_set,
        .options = {
            OPTION(OB_OPTION_COMPRESSION, "compression", "HOW",
                   "What backups are compressed for: speed or small"),
            OPTION(OB_OPTION_MACHINE, "machine", "ID",
                   "Before registering: take the place of this machine of the vault"),
            OPTION(OB_OPTION_FILE, "file", "FILE",
                   "Send this document (settings.schema.json), - for standard input"),
        },
    },
    {
        .noun = "policy", .verb = "list", .operands = "",
        .summary = "List the policies",
        .about = "",
        .examples = "obctl policy list\nobctl policy list --json\n",
        .run = ob_run_policy_list,
    },
    {
        .noun = "policy", .verb = "show", .operands = "[NAME]", .most = 1,
        .summary = "Show a policy",
        .about = "Without NAME the default policy.\n",
        .examples = "obctl policy show\nobctl policy show --json > policy.json\n",
        .run = ob_run_policy_show,
    },
    {
        .noun = "policy", .verb = "set", .operands = "",
        .summary = "Store a policy, new or changed",
        .about = "The policy becomes what this command says; nothing of an earlier one is kept.\n"
                 "PATH is absolute; its parts may hold * and ?, and ** is any depth. A name with\n"
                 "* or ? at the end means the files of such names, also in all folders below.\n",
        .examples = "obctl policy set --include /etc --include /home --exclude '/home/*.iso'\n"
                    "obctl policy set --include /var/log --non-recursive\n"
                    "obctl policy set --file policy.json\n",
        .run = ob_run_policy_set,
        .options = {
            OPTION(OB_OPTION_INCLUDE, "include", "PATH", "Back this up; may be repeated"),
            OPTION(OB_OPTION_EXCLUDE, "exclude", "PATH", "Leave this out; may be repeated"),
            OPTION(OB_OPTION_NON_RECURSIVE, "non-recursive", NULL,
                   "Only the files directly in the folders given"),
            OPTION(OB_OPTION_NAME, "name", "NAME", "Name of the policy; otherwise default"),
            OPTION(OB_OPTION_PAUSED, "paused", NULL,
                   "Nothing runs it by itself; obctl backup still does"),
            OPTION(OB_OPTION_KEEP_DAYS, "keep-days", "N",
                   "Keep every recovery point for N days; otherwise for ever"),
            OPTION(OB_OPTION_KEEP_WEEKS, "keep-weeks", "N", "And one of each week for N weeks"),
            OPTION(OB_OPTION_KEEP_MONTHS, "keep-months", "N", "One of each month for N months"),
            OPTION(OB_OPTION_KEEP_YEARS, "keep-years", "N", "One of each year for N years"),
            OPTION(OB_OPTION_FILE, "file", "FILE",
                   "Send this document (policy.schema.json), - for standard input"),
        },
    },
    {
        .noun = "policy", .verb = "remove", .operands = "[NAME]", .most = 1,
        .summary = "Remove a policy; its recovery points stay",
        .about = "Without NAME the default policy.\n",
        .examples = "obctl policy remove\n",
        .run = ob_run_policy_remove,
    },
    {
        .noun = "backup", .operands = "",
        .summary = "Back up now and watch it",
        .about = "The agent does the work: Ctrl-C stops the watching, the backup goes on.\n",
        .examples = "obctl backup\nobctl backup --async --json\nobctl backup --source C:\\\n",
        .run = ob_run_backup,
        .options = {
            OPTION(OB_OPTION_POLICY, "policy", "NAME", "Of this policy; otherwise default"),
            OPTION(OB_OPTION_SOURCE, "source", "SOURCE",
                   "Only this data source of it; may be repeated"),
            OPTION_ASYNC,
        },
    },
    {
        .noun = "verify", .operands = "",
        .summary = "Look whether the vault still has everything, and watch it",
        .about = "Damage is named down to the files that it costs. What is damaged is read from its\n"
                 "source again by the next backup, if it is still there. Depth: structure (lists and\n"
                 "tables), hashes (the bytes of each pack; otherwise) or full (each chunk decoded).\n"
                 "Runs with --sample N go round: 100/N of them in a row read each pack once.\n",
        .examples = "obctl verify\nobctl verify --depth full --sample 10\n"
                    "obctl verify --depth structure --async --json\n",
        .run = ob_run_verify,
        .options = {
            OPTION(OB_OPTION_DEPTH, "depth", "DEPTH", "structure, hashes or full"),
            OPTION(OB_OPTION_SAMPLE, "sample", "PERCENT", "Read only so many of the packs"),
            OPTION_ASYNC,
        },
    },
    {
        .noun = "job", .verb = "list", .operands = "",
        .summary = "List jobs, newest first",
        .about = "",
        .examples = "obctl job list\nobctl job list --filter failed --limit 100 --json\n",
        .run = ob_run_job_list,
        .options = {
            OPTION(OB_OPTION_FILTER, "filter", "WHICH",
                   "all (default), running, ended, successful or failed"),
            OPTION(OB_OPTION_LIMIT, "limit", "N", "At most N jobs; otherwise 20"),
        },
    },
    {
        .noun = "job", .verb = "show", .operands = "[JOB|latest]", .most = 1,
        .summary = "Show a job, with its warnings and failed files",
        .about = JOB_OPERAND,
        .examples = "obctl job show latest\n",
        .run = ob_run_job_show,
    },
    {
        .noun = "job", .verb = "watch", .operands = "[JOB|latest]", .most = 1,
        .summary = "Watch a job until it ends",
        .about = JOB_OPERAND "Ctrl-C stops the watching, the job goes on.\n",
        .examples = "obctl job watch\nobctl job watch latest --json\n",
        .run = ob_run_job_watch,
    },
    {
        .noun = "job", .verb = "cancel", .operands = "[JOB|latest]", .most = 1,
        .summary = "Ask a running job to stop",
        .about =
        "JOB is the id that `obctl job list` shows; latest is the newest job, and none the\n"
        "newest that is running.\n"
        "What was sent to the vault already is used by the next backup. A job that has ended\n"
        "already stays as it is; that is said, and no failure (exit code 0).\n",
        .examples = "obctl job cancel\nobctl job cancel 0f403adc-e32a-47c7-bdad-2ffcb34035c3\n",
        .run = ob_run_job_cancel,
    },
    {
        .noun = "point", .verb = "list", .operands = "",
        .summary = "List recovery points, newest first",
        .about = "",
        .examples = "obctl point list\nobctl point list --limit 1 --source C:\\\n",
        .run = ob_run_point_list,
        .options = {
            OPTION(OB_OPTION_SOURCE, "source", "SOURCE", "Only those that hold this data source"),
            OPTION(OB_OPTION_POLICY, "policy", "NAME", "Only those of this policy"),
            OPTION(OB_OPTION_LIMIT, "limit", "N", "At most N points; otherwise all"),
        },
    },
    {
        .noun = "point", .verb = "delete", .operands = "POINT|latest", .least = 1, .most = 1,
        .summary = "Delete a recovery point",
        .about = POINT_OPERAND
        "It can be brought back for two weeks; then it goes for good, with the data that only\n"
        "it needs. A point whose policy has promised to keep it for some days cannot be deleted\n"
        "before.\n",
        .examples = "obctl point delete 0f403adc-e32a-47c7-bdad-2ffcb34035c3\n",
        .run = ob_run_point_delete,
        .options = {OPTION_OF_POLICY, OPTION_ASYNC},
    },
    {
        .noun = "point", .verb = "undelete", .operands = "POINT", .least = 1, .most = 1,
        .summary = "Bring a deleted recovery point back",
        .about = "POINT is its id; `obctl prune --dry-run --json` shows those that wait.\n",
        .examples = "obctl point undelete 0f403adc-e32a-47c7-bdad-2ffcb34035c3\n",
        .run = ob_run_point_undelete,
        .options = {OPTION_ASYNC},
    },
    {
        .noun = "prune", .operands = "",
        .summary = "Delete the recovery points that no policy keeps any longer",
        .about = "Each backup does this too. What is deleted can be brought back for two weeks.\n"
                 "Without a retention (obctl policy set --keep-days) everything is kept.\n",
        .examples = "obctl prune --dry-run\nobctl prune\n",
        .run = ob_run_prune,
        .options = {
            OPTION(OB_OPTION_DRY_RUN, "dry-run", NULL, "Only tell what would go"),
            OPTION(OB_OPTION_ACCEPT_MISSING, "accept-missing", NULL,
                   "What the vault lacks is lost for good: go on without it"),
            OPTION_ASYNC,
        },
    },
    {
        .noun = "browse", .operands = "POINT|latest [PATH]", .least = 1, .most = 2,
        .summary = "List what a recovery point holds",
        .about = POINT_OPERAND "PATH is a folder in it; without one the top is shown.\n",
        .examples = "obctl browse latest\nobctl browse latest /etc --recursive\n"
                    "obctl browse latest /home --search '*.odt'\n",
        .run = ob_run_browse,
        .options = {
            OPTION(OB_OPTION_SEARCH, "search", "PATTERN",
                   "Everything below whose name matches; * and ? stand for anything"),
            OPTION(OB_OPTION_RECURSIVE, "recursive", NULL, "Everything below"),
            OPTION_OF_POLICY,
        },
    },
    {
        .noun = "restore", .operands = "POINT|latest [ITEM...]", .least = 1,
        .most = OB_OPERANDS_ANY,
        .summary = "Restore files and watch it",
        .about = POINT_OPERAND
        "ITEM is the path of a file or folder in it; without one everything is restored.\n"
        "Without --to files go back to where they were. A file that exists is kept, and the\n"
        "restored one gets a new name beside it, unless --overwrite says otherwise.\n"
        TO_LAYOUT
        "Ctrl-C stops the watching, the recovery goes on.\n",
        .examples = "obctl restore latest /etc/fstab --to /tmp/restored\n"
                    "obctl restore latest /home/anna --overwrite skip\n",
        .run = ob_run_restore,
        .options = {
            OPTION(OB_OPTION_TO, "to", "DIR", "Restore into this folder"),
            OPTION(OB_OPTION_OVERWRITE, "overwrite", "HOW",
                   "A file that exists: copy (default), skip or replace"),
            OPTION(OB_OPTION_SKIP_SECURITY, "skip-security", NULL,
                   "Leave owner and permissions to the folder restored into"),
            OPTION(OB_OPTION_ASK_PASSPHRASE, "ask-passphrase", NULL,
                   "Ask for the passphrase and check it before"),
            OPTION_PASSPHRASE("The same with the passphrase in FILE, - for standard input"),
            OPTION_OF_POLICY,
            OPTION_ASYNC,
        },
    },
    {
        .noun = "rescue", .verb = "points", .operands = "",
        .summary = "List the recovery points of a machine in a vault",
        .about = RESCUE_ABOUT,
        .examples = "obctl rescue points --vault /mnt/vault\n"
                    "obctl rescue points --vault /mnt/vault --machine web01 --json\n",
        .run = ob_run_rescue_points,
        .options = {RESCUE_OPTIONS},
    },
    {
        .noun = "rescue", .verb = "list", .operands = "POINT|latest [PATH]", .least = 1, .most = 2,
        .summary = "List what a recovery point of a vault holds",
        .about = RESCUE_ABOUT "PATH is a folder in the point; without one the top is shown.\n",
        .examples = "obctl rescue list latest /etc --vault /mnt/vault\n"
                    "obctl rescue list latest --vault /mnt/vault --search '*.odt'\n",
        .run = ob_run_rescue_list,
        .options = {
            RESCUE_OPTIONS,
            OPTION_OF_POLICY,
            OPTION(OB_OPTION_SEARCH, "search", "PATTERN",
                   "Everything below whose name matches; * and ? stand for anything"),
            OPTION(OB_OPTION_RECURSIVE, "recursive", NULL, "Everything below"),
        },
    },
    {
        .noun = "rescue", .verb = "restore", .operands = "POINT|latest [ITEM...]", .least = 1,
        .most = OB_OPERANDS_ANY,
        .summary = "Restore files of a vault",
        .about = RESCUE_ABOUT
        "ITEM is the path of a file or folder in the point; without one everything is restored.\n"
        "Without --to files go to where they were on their machine. A file that exists is kept,\n"
        "and the restored one gets a new name beside it, unless --overwrite says otherwise.\n"
        TO_LAYOUT
        "Ctrl-C ends the restore; what is restored by then stays.\n",
        .examples = "obctl rescue restore latest --vault /mnt/vault --to /restored\n"
                    "obctl rescue restore latest /etc --vault /mnt/vault --machine web01 "
                    "--to /restored\n",
        .run = ob_run_rescue_restore,
        .options = {
            RESCUE_OPTIONS,
            OPTION_OF_POLICY,
            OPTION(OB_OPTION_TO, "to", "DIR", "Restore into this folder"),
            OPTION(OB_OPTION_OVERWRITE, "overwrite", "HOW",
                   "A file that exists: copy (default), skip or replace"),
            OPTION(OB_OPTION_SKIP_SECURITY, "skip-security", NULL,
                   "Leave owner and permissions to the folder restored into"),
        },
    },
    {
        .noun = "error", .operands = "CODE", .least = 1, .most = 1,
        .summary = "Explain an error",
        .about = "CODE is a status (0x80040210 or -2147220976), its symbol, or the code that\n"
                 "users of MARS know; one that is not known is a failure (exit code 1). Works\n"
                 "without an agent too.\n",
        .examples = "obctl error 0x80040212\nobctl error OB_E_NO_POLICY\nobctl error 34513\n",
        .run = ob_run_error,
    },
    {
        .noun = "completion", .operands = "bash", .least = 1, .most = 1,
        .summary = "Print a script that completes command lines",
        .about = "The shell that sources it knows the commands and options of obctl.\n",
        .examples = "obctl completion bash > /etc/bash_completion.d/obctl\n",
        .run = ob_run_completion,
    },
    {
        .noun = "man", .operands = "",
        .summary = "Print the manual page",
        .about = "",
        .examples = "obctl man > /usr/local/share/man/man1/obctl.1\n",
        .run = ob_run_manual,
    },
};
/* clang-format on */

const ob_command *ob_command_at(size_t position)
{
    return position < sizeof commands / sizeof commands[0] ? &commands[position] : NULL;
}

const ob_command *ob_command_find(const char *noun, const char *verb)
{
    for (size_t i = 0; ob_command_at(i) != NULL; i++) {
        const ob_command *command = ob_command_at(i);
        bool same_verb = verb == NULL || command->verb == NULL ? verb == command->verb
                                                               : strcmp(verb, command->verb) == 0;
        if (same_verb && strcmp(noun, command->noun) == 0) {
            return command;
        }
    }
    return NULL;
}

const ob_command *ob_command_first(const char *noun)
{
    for (size_t i = 0; ob_command_at(i) != NULL; i++) {
        if (strcmp(noun, ob_command_at(i)->noun) == 0) {
            return ob_command_at(i);
        }
    }
    return NULL;
}

const char *ob_command_noun_summary(const char *noun)
{
    for (size_t i = 0; i < sizeof nouns / sizeof nouns[0]; i++) {
        if (strcmp(noun, nouns[i].noun) == 0) {
            return nouns[i].summary;
        }
    }
    return NULL;
}

const ob_arg_option *ob_command_common_options(size_t *count)
{
    *count = sizeof common_options / sizeof common_options[0];
    return common_options;
}
