/*
 * Which files a policy's specs select, as MARS evaluates them, and more. Pure: looks at names only.
 *
 * A spec is an absolute path. If its last part holds * or ?, it stands for the files of that folder
 * with such a name, else for the file or folder of that path. Recursive, it goes for all below;
 * otherwise for the files directly in the folder. The pattern * alone (*.* too on Windows) means the
 * whole folder. Parts before the last may hold * and ? as well and then stand for each folder of
 * such a name; a part that is ** stands for any number of folders, none included, and at the end for
 * all below.
 *
 * Where several specs match an item, the one with the deepest folder decides, so that an include
 * below an excluded folder brings that back and an exclude inside leaves a part of it out. On equal
 * depth a pattern beats a folder, and an exclude beats an include. With wildcards the folder is the
 * deepest of those that match.
 *
 * On Windows names compare without regard to case and both separators are taken.
 */
#ifndef OB_SERVICE_SELECTION_H
#define OB_SERVICE_SELECTION_H

#include "ob/engine.h"

typedef struct ob_spec {
    const char *path;
    bool exclude;
    bool recursive;
    bool weak; /* a spec of the same path that is not weak decides before it */
} ob_spec;

typedef struct ob_spec_set ob_spec_set;

/* Copies what it needs of the specs. `windows`: the rules of names. OB_E_POLICY_INVALID names the
 * path that is relative, has "." or ".." in it, or too many parts with wildcards. */
ob_status ob_spec_set_new(const ob_spec *specs, size_t count, bool windows, ob_spec_set **out);
void ob_spec_set_free(ob_spec_set *set); /* takes NULL */

/* For the engine, on any number of threads; lives as long as the set. No roots if nothing is
 * included. */
const ob_selection *ob_spec_set_selection(const ob_spec_set *set);

#endif
