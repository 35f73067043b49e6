/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/save.h"

#include <errno.h>
#include <string.h>

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#ifndef G_OS_WIN32
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

#include "core/base/error.h"

#ifdef G_OS_WIN32 /* where only the writing itself shows whether it can be */

gboolean
dif_save_check (const char *path, GError **error)
{
  return TRUE;
}

gboolean
dif_save_is_terminal (const char *path)
{
  return FALSE;
}

gboolean
dif_save (const char *path, gconstpointer bytes, gsize size, GError **error)
{
  g_autoptr (GError) own = NULL;

  if (g_file_set_contents (path, bytes, (gssize) size, &own))
    return TRUE;
  g_set_error_literal (error, DIF_ERROR, DIF_ERROR_IO, own->message);
  return FALSE;
}

void
dif_save_abandon (void)
{
}

#else

#define MAX_LINKS 40 /* as many as Linux follows */
#define MAX_WRITE ((gsize) 1 << 30)
#define BESIDE    ".gimp-diffusion-XXXXXX" /* not longer by the file's own name, which may be long */

/* Where a path leads. */
typedef struct
{
  char       *folder;
  char       *path; /* in it, and no link */
  int         open; /* the number of a file that is open already, else -1 */
  gboolean    straight;
  gboolean    exists;
  struct stat now; /* if it does */
} Target;

static void
target_clear (Target *target)
{
  g_free (target->folder);
  g_free (target->path);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Target, target_clear)

/* One at a time, so that a signal handler knows what is unfinished. */
static GMutex saving;
static const char *volatile unfinished;

static gboolean
set_error (GError **error, const char *path, int errsv)
{
  g_autofree char *display = g_filename_display_name (path);

  g_set_error (error, DIF_ERROR, DIF_ERROR_IO, _ ("Could not write “%s”: %s."), display,
               g_strerror (errsv));
  return FALSE;
}

/* "/proc/PID/fd/N" */
static int
number_of_open (const char *folder, const char *name)
{
  g_autofree char *own = g_strdup_printf ("/proc/%ld/fd", (long) getpid ());
  guint64          number;

  if (g_str_equal (folder, own) && g_ascii_string_to_unsigned (name, 10, 0, 65535, &number, NULL))
    return (int) number;
  return -1;
}

/* One link on from @path; 0 or an errno.  @next is %NULL where there is none. */
static int
follow (const char *path, Target *target, char **next)
{
  g_autofree char *parent = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *link = NULL;
  char            *real = realpath (parent, NULL);

  *next = NULL;
  if (! real)
    return errno;
  target_clear (target);
  target->folder = g_strdup (real);
  target->path = g_build_filename (real, name, NULL);
  free (real);
  target->open = number_of_open (target->folder, name);
  target->straight = g_str_has_prefix (target->folder, "/proc/");
  if (target->straight) /* such links are no paths */
    return 0;
  link = g_file_read_link (target->path, NULL);
  if (link)
    *next =
        g_path_is_absolute (link) ? g_strdup (link) : g_build_filename (target->folder, link, NULL);
  return 0;
}

static gboolean
find_target (const char *path, Target *target, GError **error)
{
  g_autofree char *at = g_strdup (path);
  int              errsv = *path ? 0 : ENOENT;

  *target = (Target) { .open = -1 };
  while (g_str_has_suffix (at, "/") && at[1] != '\0')
    at[strlen (at) - 1] = '\0';
  for (guint i = 0; at && errsv == 0; i++)
    {
      char *next = NULL;

      errsv = i < MAX_LINKS ? follow (at, target, &next) : ELOOP;
      g_free (at);
      at = next;
    }
  if (errsv != 0)
    return set_error (error, path, errsv);
  target->exists = stat (target->path, &target->now) == 0;
  if (! target->exists && errno != ENOENT)
    return set_error (error, path, errno);
  if (target->exists ? S_ISDIR (target->now.st_mode) : g_str_has_suffix (path, "/"))
    return set_error (error, path, EISDIR);
  target->straight = target->straight || (target->exists && ! S_ISREG (target->now.st_mode));
  return TRUE;
}

/* ---- beside it, and renamed ---- */

/* Opens a new file beside it, which @beside is the name of; -1 and errno if that cannot be. */
static int
open_beside (const Target *target, char **beside)
{
  int fd;

  *beside = g_build_filename (target->folder, BESIDE, NULL);
  unfinished = *beside; /* before it has its last letters: it is then the file's name at once */
  fd = g_mkstemp_full (*beside, O_WRONLY | O_CLOEXEC, 0666);
  if (fd < 0)
    {
      int errsv = errno;

      unfinished = NULL;
      g_clear_pointer (beside, g_free);
      errno = errsv;
    }
  return fd;
}

static void
remove_beside (char *beside)
{
  g_unlink (beside);
  unfinished = NULL;
  g_free (beside);
}

static gboolean
write_all (int fd, const char *bytes, gsize size)
{
  while (size > 0)
    {
      gssize n = write (fd, bytes, MIN (size, MAX_WRITE));

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      bytes += n;
      size -= (gsize) n;
    }
  return TRUE;
}

/* Some file systems have no such thing, and then there is nothing to be done. */
static gboolean
sync_file (int fd)
{
  return fsync (fd) == 0 || (errno != EIO && errno != ENOSPC && errno != EDQUOT);
}

/* The owner too where that is allowed; who may not change it owns the new file. */
static gboolean
keep_mode (int fd, const struct stat *old)
{
  if (fchown (fd, old->st_uid, old->st_gid) != 0 && fchown (fd, (uid_t) -1, old->st_gid) != 0)
    errno = 0;
  return fchmod (fd, old->st_mode & 0777) == 0 || errno == EPERM;
}

static int
write_beside (const Target *target, gconstpointer bytes, gsize size)
{
  char    *beside;
  int      fd = open_beside (target, &beside);
  int      errsv;
  gboolean written;

  if (fd < 0)
    return errno;
  written = write_all (fd, bytes, size) && (! target->exists || keep_mode (fd, &target->now)) &&
            sync_file (fd);
  errsv = errno;
  if (close (fd) != 0 && written)
    {
      written = FALSE;
      errsv = errno;
    }
  if (written && g_rename (beside, target->path) != 0)
    {
      written = FALSE;
      errsv = errno;
    }
  if (written)
    {
      unfinished = NULL;
      g_free (beside);
      return 0;
    }
  remove_beside (beside);
  return errsv;
}

static int
write_straight (const Target *target, gconstpointer bytes, gsize size)
{
  int fd = target->open >= 0 ? dup (target->open) :
                               g_open (target->path, O_WRONLY | O_CLOEXEC | O_NOCTTY, 0);
  int errsv;

  if (fd < 0)
    return errno;
  errsv = write_all (fd, bytes, size) ? 0 : errno;
  if (close (fd) != 0 && errsv == 0)
    errsv = errno;
  return errsv;
}

gboolean
dif_save (const char *path, gconstpointer bytes, gsize size, GError **error)
{
  g_auto (Target) target;
  int errsv;

  if (! find_target (path, &target, error))
    return FALSE;
  if (target.straight)
    errsv = write_straight (&target, bytes, size);
  else
    {
      g_mutex_lock (&saving);
      errsv = write_beside (&target, bytes, size);
      g_mutex_unlock (&saving);
    }
  return errsv == 0 || set_error (error, path, errsv);
}

static int
check_open (int fd)
{
  const int flags = fcntl (fd, F_GETFL);

  if (flags < 0)
    return errno;
  return (flags & O_ACCMODE) == O_RDONLY ? EACCES : 0;
}

gboolean
dif_save_check (const char *path, GError **error)
{
  g_auto (Target) target;
  char *beside;
  int   errsv = 0;

  if (! find_target (path, &target, error))
    return FALSE;
  if (target.open >= 0) /* not by its permissions: those of a terminal may be another user's */
    errsv = check_open (target.open);
  else if ((target.exists || target.straight) && g_access (target.path, W_OK) != 0)
    errsv = errno;
  else if (! target.straight)
    {
      int fd;

      g_mutex_lock (&saving);
      fd = open_beside (&target, &beside);
      errsv = fd < 0 ? errno : 0;
      if (fd >= 0)
        {
          close (fd);
          remove_beside (beside);
        }
      g_mutex_unlock (&saving);
    }
  return errsv == 0 || set_error (error, path, errsv);
}

gboolean
dif_save_is_terminal (const char *path)
{
  g_auto (Target) target;
  gboolean is;
  int      fd;

  if (! find_target (path, &target, NULL) || ! target.straight)
    return FALSE;
  if (target.open >= 0)
    return isatty (target.open);
  if (! S_ISCHR (target.now.st_mode)) /* opening a pipe waits for its reader */
    return FALSE;
  fd = g_open (target.path, O_WRONLY | O_CLOEXEC | O_NOCTTY, 0);
  is = fd >= 0 && isatty (fd);
  if (fd >= 0)
    close (fd);
  return is;
}

void
dif_save_abandon (void)
{
  const char *path = unfinished;

  if (path)
    unlink (path);
}

#endif
