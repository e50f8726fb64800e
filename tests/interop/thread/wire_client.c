/* Linked with obctl's own main(): before it runs, string bindings over TCP become known. */
#include "ob/rpc_tcp.h"

__attribute__((constructor)) static void know_tcp(void)
{
    ob_rpc_tcp_enable();
}
