/* A service with a vault beside it, and a way to make a recovery point. */
#ifndef OB_TEST_AGENT_FIXTURE_H
#define OB_TEST_AGENT_FIXTURE_H

#include "ob/service.h"
#include "vault_fixture.h"

typedef struct agent_fixture {
    vault_fixture vault;
    const char *dir;
    const char *files;
    ob_service *service;
} agent_fixture;

void agent_fixture_open(agent_fixture *fixture); /* not registered */
/* Registers, sets passphrase and default policy. */
void agent_fixture_ready(agent_fixture *fixture);
/* Backs up to the end. */
ob_guid agent_fixture_point(agent_fixture *fixture);
void agent_fixture_close(agent_fixture *fixture);

#define AGENT_PASSPHRASE "correct horse battery staple"

/* The text of JSON with its quotes. */
const char *agent_quoted(const char *text);
/* A member that is text; NULL if it has none. */
const char *agent_member(const void *document, size_t length, const char *name);

#endif
