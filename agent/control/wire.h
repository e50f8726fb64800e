/* The generated header, the same way on both systems. Include it last: Windows' headers define
 * words such as `small`. */
#ifndef OB_CONTROL_WIRE_H
#define OB_CONTROL_WIRE_H

#include <rpc.h>

#include "onlinebackup.h"

#endif
