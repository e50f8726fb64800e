/* What the commands do; each returns the exit code. */
#ifndef OBCTL_RUN_H
#define OBCTL_RUN_H

#include "cli.h"

/* run_machine.c */
int ob_run_register(ob_cli *cli);
int ob_run_status(ob_cli *cli);

/* run_settings.c */
int ob_run_settings_show(ob_cli *cli);
int ob_run_settings_passphrase(ob_cli *cli);
int ob_run_settings_set(ob_cli *cli);

/* run_error.c */
int ob_run_error(ob_cli *cli);

/* run_policy.c */
int ob_run_policy_show(ob_cli *cli);
int ob_run_policy_set(ob_cli *cli);
int ob_run_policy_list(ob_cli *cli);
int ob_run_policy_remove(ob_cli *cli);

/* run_job.c */
int ob_run_backup(ob_cli *cli);
int ob_run_verify(ob_cli *cli);
int ob_run_job_list(ob_cli *cli);
int ob_run_job_show(ob_cli *cli);
int ob_run_job_watch(ob_cli *cli);
int ob_run_job_cancel(ob_cli *cli);
/* Says that a job was started and, without --async, watches it. */
int ob_run_started(ob_cli *cli, const ob_guid *id, const char *what);

/* run_point.c */
int ob_run_point_list(ob_cli *cli);

/* run_prune.c */
int ob_run_prune(ob_cli *cli);
int ob_run_point_delete(ob_cli *cli);
int ob_run_point_undelete(ob_cli *cli);

/* run_browse.c */
int ob_run_browse(ob_cli *cli);

/* run_restore.c */
int ob_run_restore(ob_cli *cli);

/* run_rescue.c */
int ob_run_rescue_points(ob_cli *cli);
int ob_run_rescue_list(ob_cli *cli);
int ob_run_rescue_restore(ob_cli *cli);

/* run_manual.c */
int ob_run_manual(ob_cli *cli);
int ob_run_completion(ob_cli *cli);

#endif
