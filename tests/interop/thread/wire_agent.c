/*
 * The agent with TCP on the loopback address and without authentication, for the tests of the wire:
 * prints "port N" when it serves. Takes obagent's command line.
 */
#include "wire.h"

#include <string.h>

static void let_everybody_in(ob_control_caller *out)
{
    out->allowed = true;
    strcpy(out->text, "a test over TCP");
}

int main(int argc, char **argv)
{
    static const ob_agent_options base = {
        .log_level = OB_LOG_INFO, .gate = let_everybody_in, .add_endpoints = wire_add_tcp};
    return ob_agent_main(argc, argv, &base);
}
