/* A machine below its service: state folder, database, a vault it is registered with. */
#ifndef OB_TEST_HOST_FIXTURE_H
#define OB_TEST_HOST_FIXTURE_H

#include "jobs.h"
#include "session.h"
#include "vault_fixture.h"

#define OB_TEST_PASSPHRASE "correct horse battery staple"

typedef struct ob_test_host {
    vault_fixture vault;
    const char *dir;
    ob_db *db;
    ob_session_slots slots;
    ob_session_host host;
    ob_jobs *jobs;
} ob_test_host;

/* Neither registered nor with a passphrase. */
void ob_test_host_open(ob_test_host *fixture);
void ob_test_host_register(ob_test_host *fixture);
void ob_test_host_set_passphrase(ob_test_host *fixture); /* the first one */
/* All three, and a default policy that includes `folder`. */
void ob_test_host_ready(ob_test_host *fixture, const char *folder);
void ob_test_host_set_policy(ob_test_host *fixture, const char *document);
void ob_test_host_close(ob_test_host *fixture);

/* A script for the shell of this system, as arguments, NULL-ended; valid until the next call. */
const char *const *ob_test_script(const char *posix, const char *windows);
/* The same as a list of a document. */
const char *ob_test_script_json(const char *posix, const char *windows);

/* A path as JSON text has it, with its quotes. */
const char *ob_test_quoted(const char *path);

#endif
