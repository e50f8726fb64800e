/* One call of every method with the arguments of golden/, and checks of what fake_manager.c
 * answers. For programs that link the client's stubs. */
#ifndef CLIENT_CALLS_H
#define CLIENT_CALLS_H

#include "fake.h"

enum { CLIENT_CALLS = 20 };

typedef struct client_call {
    const char *name;
    /* NULL, or what is wrong with the answer. */
    const char *(*run)(void);
} client_call;

extern const client_call client_calls[CLIENT_CALLS]; /* in the order of the opnums */
extern OB_VIEW client_view; /* what ObOpenPoint gave and ObClosePoint takes */
extern handle_t client_binding;
enum { CLIENT_TARGET = 7 };

#endif
