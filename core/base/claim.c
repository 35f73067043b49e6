/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/claim.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#ifndef G_OS_WIN32
#include <unistd.h>
#endif

#include "core/base/error.h"

#define FILE_NAME ".learning"
#define MAX_TRIES 100                  /* while others begin and end */
#define MAX_WAIT  (2 * G_USEC_PER_SEC) /* for one that was killed to be gone */
#define PAUSE     (G_USEC_PER_SEC / 50)

struct _DifClaim
{
  char *folder;
  char *path; /* of the file */
  int   fd;
  guint n_made; /* folders: this one and those around it */
};

typedef enum
{
  LOCK_OURS,
  LOCK_THEIRS,
  LOCK_LOST, /* the file is gone: its owner has just ended */
} Lock;

#ifdef F_OFD_SETLK

static struct flock
whole_file (void)
{
  return (struct flock) { .l_type = F_WRLCK, .l_whence = SEEK_SET };
}

/* Whether the file that is locked is still the one that others find. */
static gboolean
is_same (int fd, const char *path)
{
  struct stat a, b;

  return fstat (fd, &a) == 0 && stat (path, &b) == 0 && a.st_dev == b.st_dev &&
         a.st_ino == b.st_ino;
}

/* 0 or an errno. */
static int
try_lock (int fd)
{
  struct flock whole = whole_file ();

  return fcntl (fd, F_OFD_SETLK, &whole) == 0 ? 0 : errno;
}

static gboolean
is_taken (int errsv)
{
  return errsv == EAGAIN || errsv == EACCES;
}

/* @ours: made by us just now.  Where there are no locks, whoever made the file has the folder. */
static Lock
lock (int fd, const char *path, gboolean ours)
{
  const gint64 end = g_get_monotonic_time () + MAX_WAIT;
  int          errsv = try_lock (fd);

  while (is_taken (errsv) && g_get_monotonic_time () < end && is_same (fd, path))
    {
      g_usleep (PAUSE);
      errsv = try_lock (fd);
    }
  if (! is_same (fd, path))
    return LOCK_LOST;
  return errsv == 0 || (ours && ! is_taken (errsv)) ? LOCK_OURS : LOCK_THEIRS;
}

static gboolean
is_locked (int fd)
{
  struct flock whole = whole_file ();

  return fcntl (fd, F_OFD_GETLK, &whole) != 0 || whole.l_type != F_UNLCK;
}

#else

static Lock
lock (int fd, const char *path, gboolean ours)
{
  return ours ? LOCK_OURS : LOCK_THEIRS;
}

static gboolean
is_locked (int fd)
{
  return TRUE;
}

#endif

static gboolean
has (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static gboolean
is_empty (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  return dir && ! g_dir_read_name (dir);
}

gboolean
dif_claim_possible (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, FILE_NAME, NULL);
  int              fd;
  gboolean         locked;

  if (! g_file_test (folder, G_FILE_TEST_EXISTS) && ! g_file_test (folder, G_FILE_TEST_IS_SYMLINK))
    return TRUE;
  if (has (folder, DIF_CLAIM_FINISHED))
    return FALSE;
  fd = g_open (path, O_RDWR, 0);
  if (fd < 0)
    return is_empty (folder);
  locked = is_locked (fd);
  g_close (fd, NULL);
  return ! locked;
}

static gboolean
set_io_error (GError **error, const char *path, int errsv)
{
  g_autofree char *display = g_filename_display_name (path);

  g_set_error (error, DIF_ERROR, DIF_ERROR_IO, _ ("Could not write “%s”: %s."), display,
               g_strerror (errsv));
  return FALSE;
}

static gboolean
set_exists (GError **error, const char *format, const char *folder)
{
  g_autofree char *display = g_filename_display_name (folder);

  g_set_error (error, DIF_ERROR, DIF_ERROR_EXISTS, format, display);
  return FALSE;
}

/* Counts those that were not there.  0 or an errno. */
static int
make_folders (DifClaim *claim)
{
  g_autofree char *at = g_strdup (claim->folder);

  claim->n_made = 0;
  while (! g_file_test (at, G_FILE_TEST_EXISTS))
    {
      char *above = g_path_get_dirname (at);

      claim->n_made++;
      g_free (at);
      at = above;
    }
  return g_mkdir_with_parents (claim->folder, 0777) == 0 ? 0 : errno;
}

/* The innermost first; what is not empty stays. */
static void
remove_folders (const DifClaim *claim)
{
  g_autofree char *at = g_strdup (claim->folder);

  for (guint i = 0; i < claim->n_made && g_rmdir (at) == 0; i++)
    {
      char *above = g_path_get_dirname (at);

      g_free (at);
      at = above;
    }
}

/* Makes the file, in an empty folder, or takes one that somebody left: then it is not @ours.  0 or
 * an errno, %ENOTEMPTY among them. */
static int
open_file (DifClaim *claim, gboolean filled, gboolean *ours)
{
  int flags = O_RDWR;

#ifdef O_CLOEXEC
  flags |= O_CLOEXEC;
#endif
  claim->fd = g_open (claim->path, flags, 0);
  *ours = claim->fd < 0;
  if (*ours && errno == ENOENT)
    {
      if (! filled && ! is_empty (claim->folder))
        return ENOTEMPTY;
      claim->fd = g_open (claim->path, flags | O_CREAT | O_EXCL, 0666);
    }
  return claim->fd < 0 ? errno : 0;
}

static gboolean
set_filled (GError **error, const char *folder)
{
  const char *format = _ ("“%s” is there already and not empty.  Choose another folder.");

  if (! g_file_test (folder, G_FILE_TEST_IS_DIR))
    format = _ ("“%s” is there already, and it is no folder.");
  else if (has (folder, DIF_CLAIM_FINISHED))
    format = _ ("There is a model in “%s” already.  Choose another folder.");
  return set_exists (error, format, folder);
}

/* Makes folder and file; 0 or an errno. */
static int
make_all (DifClaim *claim, gboolean filled, gboolean *ours)
{
  int errsv = make_folders (claim);

  if (errsv == ENOTDIR && g_file_test (claim->folder, G_FILE_TEST_EXISTS) &&
      ! g_file_test (claim->folder, G_FILE_TEST_IS_DIR))
    return ENOTEMPTY;
  if (errsv != 0)
    return errsv;
  errsv = open_file (claim, filled, ours);
  if (errsv != 0)
    remove_folders (claim);
  return errsv;
}

/* One try; %LOCK_THEIRS with an error set. */
static Lock
try_to_claim (DifClaim *claim, gboolean filled, gboolean last, GError **error)
{
  gboolean  ours;
  Lock      got;
  const int errsv = make_all (claim, filled, &ours);

  /* others make and remove the same folder */
  if ((errsv == EEXIST || errsv == ENOENT || errsv == ENOTDIR) && ! last)
    return LOCK_LOST;
  if (errsv == ENOTEMPTY)
    set_filled (error, claim->folder);
  else if (errsv != 0)
    set_io_error (error, claim->folder, errsv);
  if (errsv != 0)
    return LOCK_THEIRS;
  got = lock (claim->fd, claim->path, ours);
  if (got == LOCK_OURS && ! filled && has (claim->folder, DIF_CLAIM_FINISHED))
    {
      g_unlink (claim->path); /* of who was killed when all was done */
      set_filled (error, claim->folder);
      got = LOCK_THEIRS;
    }
  else if (got == LOCK_THEIRS || (got == LOCK_LOST && last))
    {
      set_exists (error, _ ("A model is already being learnt in “%s”.  Choose another one."),
                  claim->folder);
      got = LOCK_THEIRS;
    }
  if (got != LOCK_OURS)
    g_close (claim->fd, NULL);
  else if (! ours && ! filled)
    claim->n_made = MAX (claim->n_made, 1); /* by whose claim this was */
  return got;
}

DifClaim *
dif_claim_new (const char *folder, gboolean filled, GError **error)
{
  DifClaim *claim = g_new0 (DifClaim, 1);
  Lock      got = LOCK_LOST;

  claim->folder = g_strdup (folder);
  claim->path = g_build_filename (folder, FILE_NAME, NULL);
  for (guint i = 1; i <= MAX_TRIES && got == LOCK_LOST; i++)
    got = try_to_claim (claim, filled, i == MAX_TRIES, error);
  if (got == LOCK_OURS)
    return claim;
  g_free (claim->path);
  g_free (claim->folder);
  g_free (claim);
  return NULL;
}

void
dif_claim_end (DifClaim *claim)
{
  if (! claim)
    return;
  g_unlink (claim->path); /* while it is locked */
  g_close (claim->fd, NULL);
  remove_folders (claim);
  g_free (claim->path);
  g_free (claim->folder);
  g_free (claim);
}
