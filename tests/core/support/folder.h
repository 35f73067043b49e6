/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Folders for a test's files. */

#include <glib.h>

/* A new folder in the system's temporary one. */
char *test_folder_new (void);

/* Deletes it with all it holds, and frees the path. */
void test_folder_free (char *folder);

/* Writes a text file; folders on its way are made.  In JSON, ' stands for ". */
void test_folder_write (const char *folder, const char *name, const char *text);

/* Replaces ' by ". */
char *test_json (const char *text);
