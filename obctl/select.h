/* What operands and values of options stand for: a job, a recovery point, a number, a choice. Each
 * returns OB_EXIT_OK, or an exit code after the error was printed. */
#ifndef OBCTL_SELECT_H
#define OBCTL_SELECT_H

#include "cli.h"

/* The job that the first operand names by its GUID; "latest", or no operand, is the newest one.
 * Connects. */
int ob_select_job(ob_cli *cli, ob_guid *out);
/* The same, but no operand is the newest job that is running. */
int ob_select_running_job(ob_cli *cli, ob_guid *out);
/* The same for a recovery point; with --policy, latest is the newest one of that policy. */
int ob_select_point(ob_cli *cli, ob_guid *out);

/* A number from 1 on; *out stays when the option was not given. */
int ob_select_number(ob_cli *cli, int option, const char *command, size_t *out);
/* One of `choices` (NULL-ended) by its position; *out stays when the option was not given. */
int ob_select_choice(ob_cli *cli, int option, const char *command, const char *const *choices,
                     int *out);

/* Something is not in the point that was chosen: if that was the latest of several policies, tells
 * that there are others. */
void ob_select_tell_of_policies(ob_cli *cli);

/* True if a recovery point is of this policy. */
bool ob_select_is_of(const ob_point *point, const char *policy);
/* The first operand: true if it is a GUID; *latest if it stands for the newest one. */
bool ob_select_operand(const ob_cli *cli, ob_guid *out, bool *latest);
/* Says that the first operand is neither; an exit code. */
int ob_select_refuse(ob_cli *cli, const char *what);

#endif
