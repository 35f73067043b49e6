/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#ifdef G_OS_WIN32
#include <io.h>
#else
#include <unistd.h>
#endif

#include "core/base/error.h"

/* One read() moves at most this much: larger counts fail on some systems. */
#define MAX_READ ((gsize) 1 << 30)

struct _DifFile
{
  int      fd;
  char    *path;
  char    *name;
  GStatBuf at_open;
};

static void
set_io_error (GError **error, const char *name, int errsv)
{
  g_set_error (error, DIF_ERROR, errsv == ENOENT ? DIF_ERROR_MISSING : DIF_ERROR_IO,
               _ ("Could not read “%s”: %s."), name, g_strerror (errsv));
}

static int
stat_fd (int fd, GStatBuf *buf)
{
#ifdef G_OS_WIN32
  return _fstat64 (fd, (struct __stat64 *) buf);
#else
  return fstat (fd, buf);
#endif
}

DifFile *
dif_file_open (const char *path, GError **error)
{
  g_autoptr (DifFile) file = g_new0 (DifFile, 1);
  int                 flags = O_RDONLY;

#ifdef G_OS_WIN32
  flags |= O_BINARY;
#else
  flags |= O_CLOEXEC | O_NONBLOCK | O_NOCTTY; /* a pipe without a writer must not block */
#endif
  file->path = g_strdup (path);
  file->name = g_filename_display_name (path);
  file->fd = g_open (path, flags, 0);
  if (file->fd < 0)
    {
      set_io_error (error, file->name, errno);
      return NULL;
    }
  if (stat_fd (file->fd, &file->at_open) != 0)
    {
      set_io_error (error, file->name, errno);
      return NULL;
    }
  if (! S_ISREG (file->at_open.st_mode))
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_IO, _ ("“%s” is not a regular file."), file->name);
      return NULL;
    }
  return g_steal_pointer (&file);
}

void
dif_file_close (DifFile *file)
{
  if (! file)
    return;
  if (file->fd >= 0)
    g_close (file->fd, NULL);
  g_free (file->path);
  g_free (file->name);
  g_free (file);
}

guint64
dif_file_size (const DifFile *file)
{
  return (guint64) file->at_open.st_size;
}

const char *
dif_file_name (const DifFile *file)
{
  return file->name;
}

static gssize
read_at (int fd, void *buffer, gsize size, guint64 offset)
{
#ifdef G_OS_WIN32
  if (_lseeki64 (fd, (gint64) offset, SEEK_SET) < 0)
    return -1;
  return _read (fd, buffer, (unsigned) size);
#else
  return pread (fd, buffer, size, (off_t) offset);
#endif
}

gboolean
dif_file_read (DifFile *file, guint64 offset, void *buffer, gsize size, GError **error)
{
  char *out = buffer;

  while (size > 0)
    {
      gssize n = read_at (file->fd, out, MIN (size, MAX_READ), offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          set_io_error (error, file->name, errno);
          return FALSE;
        }
      if (n == 0)
        {
          g_set_error (error, DIF_ERROR, DIF_ERROR_TRUNCATED,
                       g_dngettext (GETTEXT_PACKAGE, "“%s” ends too early: %zu byte is missing.",
                                    "“%s” ends too early: %zu bytes are missing.", size),
                       file->name, size);
          return FALSE;
        }
      out += n;
      offset += (guint64) n;
      size -= (gsize) n;
    }
  return TRUE;
}

/* Seconds are too coarse to notice a file that is written again at once. */
static gboolean
same_times (const GStatBuf *a, const GStatBuf *b)
{
  gboolean same = a->st_mtime == b->st_mtime && a->st_ctime == b->st_ctime;

#if defined(__linux__)
  same =
      same && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
#endif
  return same;
}

static gboolean
same_state (const GStatBuf *a, const GStatBuf *b)
{
  return a->st_size == b->st_size && a->st_ino == b->st_ino && a->st_dev == b->st_dev &&
         same_times (a, b);
}

gboolean
dif_file_check_unchanged (DifFile *file, GError **error)
{
  GStatBuf open_now;
  GStatBuf path_now;

  if (stat_fd (file->fd, &open_now) == 0 && same_state (&file->at_open, &open_now) &&
      g_stat (file->path, &path_now) == 0 && same_state (&file->at_open, &path_now))
    return TRUE;
  g_set_error (error, DIF_ERROR, DIF_ERROR_CHANGED,
               _ ("“%s” was changed while it was being read.  Try again."), file->name);
  return FALSE;
}

char *
dif_file_load (const char *path, gsize limit, gsize *size, GError **error)
{
  g_autoptr (DifFile) file = dif_file_open (path, error);
  g_autofree char    *bytes = NULL;

  if (! file)
    return NULL;
  if (dif_file_size (file) > limit)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_LIMIT,
                   _ ("“%s” is larger than %zu bytes, too large for what it "
                      "should be."),
                   file->name, limit);
      return NULL;
    }
  bytes = g_malloc (dif_file_size (file) + 1);
  if (! dif_file_read (file, 0, bytes, dif_file_size (file), error) ||
      ! dif_file_check_unchanged (file, error))
    return NULL;
  bytes[dif_file_size (file)] = '\0';
  if (size)
    *size = dif_file_size (file);
  return g_steal_pointer (&bytes);
}
