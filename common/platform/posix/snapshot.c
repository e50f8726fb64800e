#include "ob/snapshot.h"

const ob_snapshots *ob_snapshots_os(void)
{
    static const ob_snapshots none;
    return &none;
}
