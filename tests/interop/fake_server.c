/* fake_server [FRAGMENT] */
#include "fake.h"
#include "fake_system.h"

#include <stdlib.h>

int main(int argc, char **argv)
{
    return fake_serve(OnlineBackup_v1_0_s_ifspec, argc > 1 ? (unsigned)atoi(argv[1]) : 0);
}
