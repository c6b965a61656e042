/* SPDX-License-Identifier: EUPL-1.2 */
/* For tests: a layer between SQLite and the disk that fails on command. */
#pragma once

typedef enum Fault {
    FAULT_NONE,
    FAULT_FULL,     /* no space for writing */
    FAULT_READONLY, /* writing is not allowed */
    FAULT_WRITE,    /* I/O error on writing */
    FAULT_SYNC,     /* I/O error on syncing */
} Fault;

/* Becomes the layer of all databases opened from now on. */
void fault_vfs_install(void);
/* From now on fail this way: every time, or (fault_once) only after `skip` more writes and syncs,
 * and only once. */
void fault_always(Fault fault);
void fault_once(Fault fault, int skip);
/* Writes and syncs asked for since the last command. */
int fault_operations(void);
