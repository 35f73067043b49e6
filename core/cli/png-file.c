/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/cli/png-file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <png.h>

#include "core/base/error.h"
#include "core/base/save.h"
#include "core/settings/request.h"

#define N_SIGNATURE 8 /* bytes that each PNG file begins with */

/* What is kept as it is.  That libpng does not look into these leaves it to core/cli/color.c what
 * colors the samples are.  Others that may be copied without being understood are kept as well. */
static const char kept[][5] = { "cICP", "iCCP", "sRGB", "gAMA", "cHRM", "pHYs",
                                "oFFs", "sCAL", "eXIf", "tEXt", "zTXt", "iTXt" };
#define N_SINGLE 9 /* of which a file has one at most */

typedef struct
{
  png_structp png;
  png_infop   info;
  char        message[200];
  FILE       *file;
  CliPng     *picture;
  png_bytepp  rows;
  GString    *bytes; /* written so far */
} Work;

static gboolean
set_error (GError **error, const char *path, const char *why)
{
  g_autofree char *display = g_filename_display_name (path);

  g_set_error (error, DIF_ERROR, DIF_ERROR_IO, _ ("“%s”: %s."), display, why);
  return FALSE;
}

static void
on_error (png_structp png, png_const_charp message)
{
  Work *work = png_get_error_ptr (png);

  g_strlcpy (work->message, message, sizeof work->message);
  png_longjmp (png, 1);
}

static void
on_warning (png_structp png, png_const_charp message)
{
}

/* ---- pictures ---- */

static void
clear_chunk (gpointer data)
{
  g_free (((CliChunk *) data)->data);
}

static CliPng *
new_picture (void)
{
  CliPng *png = g_new0 (CliPng, 1);

  png->chunks = g_array_new (FALSE, FALSE, sizeof (CliChunk));
  g_array_set_clear_func (png->chunks, clear_chunk);
  return png;
}

void
cli_png_free (CliPng *png)
{
  if (! png)
    return;
  g_free (png->samples);
  g_array_unref (png->chunks);
  g_free (png);
}

static gboolean
make_samples (CliPng *png, GError **error)
{
  png->samples = g_try_malloc_n ((gsize) png->width * png->height, png->channels * png->depth / 8);
  if (png->samples)
    return TRUE;
  g_set_error (error, DIF_ERROR, DIF_ERROR_NOMEM,
               _ ("There is not enough memory for %u × %u pixels."), png->width, png->height);
  return FALSE;
}

CliPng *
cli_png_new (guint width, guint height, guint channels, guint depth, GError **error)
{
  g_autoptr (CliPng) png = new_picture ();

  png->width = width;
  png->height = height;
  png->channels = channels;
  png->depth = depth;
  return make_samples (png, error) ? g_steal_pointer (&png) : NULL;
}

const CliChunk *
cli_png_chunk (const CliPng *png, const char *name)
{
  for (guint i = 0; i < png->chunks->len; i++)
    if (g_str_equal (g_array_index (png->chunks, CliChunk, i).name, name))
      return &g_array_index (png->chunks, CliChunk, i);
  return NULL;
}

void
cli_png_add_chunk (CliPng *png, const char *name, gconstpointer data, gsize size)
{
  CliChunk chunk = { .data = g_memdup2 (data, size), .size = size };

  g_strlcpy (chunk.name, name, sizeof chunk.name);
  g_array_append_val (png->chunks, chunk);
}

/* The bytes of each row. */
static void
find_rows (Work *work)
{
  const CliPng *p = work->picture;
  const gsize   stride = (gsize) p->width * p->channels * p->depth / 8;

  work->rows = g_new (png_bytep, p->height);
  for (gsize y = 0; y < p->height; y++)
    work->rows[y] = (png_bytep) p->samples + y * stride;
}

/* ---- reading ---- */

/* Samples as they are, but whole bytes, and transparency as a channel. */
static void
set_transformations (Work *work)
{
  const int type = png_get_color_type (work->png, work->info);

  if (type == PNG_COLOR_TYPE_PALETTE)
    png_set_palette_to_rgb (work->png);
  if (type == PNG_COLOR_TYPE_GRAY)
    png_set_expand_gray_1_2_4_to_8 (work->png);
  if (png_get_valid (work->png, work->info, PNG_INFO_tRNS))
    png_set_tRNS_to_alpha (work->png);
  if (G_BYTE_ORDER == G_LITTLE_ENDIAN)
    png_set_swap (work->png);
  png_set_interlace_handling (work->png);
  png_read_update_info (work->png, work->info);
}

/* Of others the fourth letter says whether they are still so when the samples have changed. */
static gboolean
is_kept (const CliPng *picture, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    if (g_str_equal (name, kept[i]))
      return i >= N_SINGLE || ! cli_png_chunk (picture, name);
  return g_ascii_islower (name[3]);
}

static void
keep_chunks (Work *work)
{
  png_unknown_chunkp chunks;
  const int          n = png_get_unknown_chunks (work->png, work->info, &chunks);

  for (int i = 0; i < n; i++)
    if (is_kept (work->picture, (const char *) chunks[i].name))
      cli_png_add_chunk (work->picture, (const char *) chunks[i].name, chunks[i].data,
                         chunks[i].size);
}

/* All that can jump is called here and below. */
static gboolean
read_header (Work *work)
{
  CliPng *p = work->picture;

  if (setjmp (png_jmpbuf (work->png)))
    return FALSE;
  png_init_io (work->png, work->file);
  png_set_sig_bytes (work->png, N_SIGNATURE);
  png_set_keep_unknown_chunks (work->png, PNG_HANDLE_CHUNK_IF_SAFE, NULL, 0);
  png_set_keep_unknown_chunks (work->png, PNG_HANDLE_CHUNK_ALWAYS, (png_const_bytep) kept,
                               G_N_ELEMENTS (kept));
  png_read_info (work->png, work->info);
  p->width = png_get_image_width (work->png, work->info);
  p->height = png_get_image_height (work->png, work->info);
  if (p->width > DIF_MAX_SIZE || p->height > DIF_MAX_SIZE)
    return TRUE;
  set_transformations (work);
  p->channels = png_get_channels (work->png, work->info);
  p->depth = png_get_bit_depth (work->png, work->info);
  return TRUE;
}

static gboolean
read_samples (Work *work)
{
  if (setjmp (png_jmpbuf (work->png)))
    return FALSE;
  png_read_image (work->png, work->rows);
  png_read_end (work->png, work->info);
  keep_chunks (work);
  return TRUE;
}

static gboolean
read_picture (Work *work, const char *path, GError **error)
{
  if (! read_header (work))
    return set_error (error, path, work->message);
  if (work->picture->width > DIF_MAX_SIZE || work->picture->height > DIF_MAX_SIZE)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_REQUEST,
                   _ ("A size of %u × %u pixels is not possible (1 to %u on a side)."),
                   work->picture->width, work->picture->height, DIF_MAX_SIZE);
      return FALSE;
    }
  if (! make_samples (work->picture, error))
    return FALSE;
  find_rows (work);
  return read_samples (work) || set_error (error, path, work->message);
}

static gboolean
is_png (FILE *file, const char *path, GError **error)
{
  png_byte         bytes[N_SIGNATURE];
  g_autofree char *display = g_filename_display_name (path);
  const gsize      n = fread (bytes, 1, sizeof bytes, file);

  if (n < sizeof bytes && ferror (file))
    return set_error (error, path, g_strerror (errno));
  if (n == sizeof bytes && png_sig_cmp (bytes, 0, sizeof bytes) == 0)
    return TRUE;
  g_set_error (error, DIF_ERROR, DIF_ERROR_IO, _ ("“%s” is not a PNG file, which it has to be."),
               display);
  return FALSE;
}

static void
read_end (Work *work)
{
  png_destroy_read_struct (&work->png, &work->info, NULL);
  g_clear_pointer (&work->rows, g_free);
  fclose (work->file);
}

CliPng *
cli_png_load (const char *path, GError **error)
{
  Work               work = { NULL };
  g_autoptr (CliPng) picture = new_picture ();
  gboolean           read = FALSE;

  work.picture = picture;
  work.file = g_fopen (g_str_equal (path, "-") ? "/dev/stdin" : path, "rb");
  if (! work.file)
    {
      set_error (error, path, g_strerror (errno));
      return NULL;
    }
  if (is_png (work.file, path, error))
    {
      work.png = png_create_read_struct (PNG_LIBPNG_VER_STRING, &work, on_error, on_warning);
      work.info = work.png ? png_create_info_struct (work.png) : NULL;
      read = work.info ? read_picture (&work, path, error) :
                         set_error (error, path, g_strerror (ENOMEM));
    }
  read_end (&work);
  return read ? g_steal_pointer (&picture) : NULL;
}

/* ---- writing ---- */

static void
append (png_structp png, png_bytep bytes, size_t n)
{
  Work *work = png_get_io_ptr (png);

  g_string_append_len (work->bytes, (const char *) bytes, (gssize) n);
}

static gboolean
write_picture (Work *work)
{
  static const int types[] = { 0, PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA,
                               PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA };
  const CliPng    *p = work->picture;

  if (setjmp (png_jmpbuf (work->png)))
    return FALSE;
  png_set_write_fn (work->png, work, append, NULL);
  png_set_IHDR (work->png, work->info, p->width, p->height, (int) p->depth, types[p->channels],
                PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info (work->png, work->info);
  for (guint i = 0; i < p->chunks->len; i++)
    {
      const CliChunk *chunk = &g_array_index (p->chunks, CliChunk, i);

      png_write_chunk (work->png, (png_const_bytep) chunk->name, chunk->data, chunk->size);
    }
  if (G_BYTE_ORDER == G_LITTLE_ENDIAN && p->depth == 16)
    png_set_swap (work->png);
  png_write_image (work->png, work->rows);
  png_write_end (work->png, work->info);
  return TRUE;
}

gboolean
cli_png_save (const CliPng *png, const char *path, GError **error)
{
  Work     work = { .picture = (CliPng *) png, .bytes = g_string_new (NULL) };
  gboolean written = FALSE;

  work.png = png_create_write_struct (PNG_LIBPNG_VER_STRING, &work, on_error, on_warning);
  work.info = work.png ? png_create_info_struct (work.png) : NULL;
  find_rows (&work);
  if (! work.info)
    set_error (error, path, g_strerror (ENOMEM));
  else if (! write_picture (&work))
    set_error (error, path, work.message);
  else
    written = dif_save (g_str_equal (path, "-") ? "/dev/stdout" : path, work.bytes->str,
                        work.bytes->len, error);
  png_destroy_write_struct (&work.png, &work.info);
  g_free (work.rows);
  g_string_free (work.bytes, TRUE);
  return written;
}
