/* The program obagent. */
#include "ob/agent.h"

int main(int argc, char **argv)
{
    static const ob_agent_options base = {.log_level = OB_LOG_INFO};
    return ob_agent_main(argc, argv, &base);
}
