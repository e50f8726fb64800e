/* A machine that is lost: its vault with two recovery points, and nothing else of it. */
#ifndef LOST_MACHINE_H
#define LOST_MACHINE_H

#include "ob/engine.h"
#include "ob/rescue.h"
#include "ob/test.h"
#include "vault_fixture.h"

#define LOST_PASSPHRASE "correct horse battery staple"

typedef struct lost_machine {
    vault_fixture vault;
    const char *source;
    ob_guid first, second; /* its points */
    size_t entries;        /* of the first */
} lost_machine;

/* Two backups, an hour apart, of a tree that `make` fills; a default one for NULL. */
void lost_machine_make(lost_machine *self, void (*make)(const char *source));
/* The rescue of it with its own passphrase. */
ob_rescue *lost_machine_open(const lost_machine *self);
/* The path in a point of something below `source`; lives until the program ends. */
const char *lost_machine_inside(const lost_machine *self, const char *name);

#endif
