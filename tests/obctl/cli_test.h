/* Runs obctl's commands in the test's process, against the fake agent. */
#ifndef CLI_TEST_H
#define CLI_TEST_H

#include "cli.h"
#include "fake_agent.h"

/* Fixture: a fake agent, and a run of obctl with nothing on standard input. */
void cli_setup(void);
void cli_teardown(void);

/* For the next runs: a terminal of this width (0: none), and what standard input holds. */
void cli_set_terminal(size_t width);
void cli_set_input(const char *text);
/* The clock of the runs. */
extern ob_test_clock cli_clock;

/* Runs a command line, its words apart by spaces, against the fake agent. Returns the exit code. */
int cli_run(const char *line);
/* The same with words that may hold spaces, NULL-ended. */
int cli_run_words(char *const *words);

/* What the last run wrote. */
const char *cli_out(void);
const char *cli_err(void);
bool cli_out_has(const char *part);
bool cli_out_starts(const char *part);
bool cli_err_has(const char *part);

/* A bare ob_cli that writes to where cli_out() and cli_err() read, connected to the agent. */
ob_cli *cli_bare(void);

#endif
