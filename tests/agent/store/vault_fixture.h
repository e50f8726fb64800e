/* A folder vault to test with, and what the tests of this folder do with it again and again. */
#ifndef OB_VAULT_FIXTURE_H
#define OB_VAULT_FIXTURE_H

#include "ob/folder_vault.h"
#include "ob/test.h"

typedef struct vault_fixture {
    const char *folder;
    const char *address; /* "folder:" and the folder */
    ob_test_clock clock;
    ob_guid machine; /* not registered yet */
} vault_fixture;

/* Makes a vault named "vault" in a temporary folder, at the clock's first moment. */
void vault_fixture_make(vault_fixture *fixture);
/* Issues credentials for 48 hours; the text lives until the program ends. */
const ob_buf *vault_fixture_issue(vault_fixture *fixture);
/* Reads credentials by the fixture's clock and redeems them for a machine. */
ob_status vault_fixture_redeem(vault_fixture *fixture, const ob_fs *fs, const ob_buf *text,
                               const ob_guid *machine, const char *name);
/* Registers fixture->machine as "server" and opens its store. */
ob_store *vault_fixture_store(vault_fixture *fixture, const ob_fs *fs);
/* A path in the machine's folder. */
const char *vault_fixture_path(const vault_fixture *fixture, const char *name);

#endif
