/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/models/unet2d-config.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"

#define MAX_CHANNELS 16384
#define MAX_LAYERS   64
#define MAX_SIDE     65536u

/* The kinds of block a level can be, with what they mean for it. */
static const struct
{
  const char *down;
  const char *up;
  gboolean    attention;
  gboolean    resnet;
} block_kinds[] = {
  { "DownBlock2D", "UpBlock2D", FALSE, FALSE },
  { "AttnDownBlock2D", "AttnUpBlock2D", TRUE, FALSE },
  { "ResnetDownsampleBlock2D", "ResnetUpsampleBlock2D", FALSE, TRUE },
};

static gboolean
read_block_kind (DifJsonReader *r, const char *key, const char *name, gboolean down,
                 gboolean *attention, gboolean *resnet)
{
  for (guint i = 0; i < G_N_ELEMENTS (block_kinds); i++)
    if (g_str_equal (name, down ? block_kinds[i].down : block_kinds[i].up))
      {
        *attention = block_kinds[i].attention;
        *resnet = block_kinds[i].resnet;
        return TRUE;
      }
  dif_json_reader_fail (r, DIF_ERROR_UNSUPPORTED, key,
                        _ ("blocks of the kind “%s” are not supported"), name);
  return FALSE;
}

/* Attention blocks change the size the way downsample_type and upsample_type say; the
 * other kinds ignore these keys. */
static void
read_levels (DifJsonReader *r, DifUNetConfig *c)
{
  static const char *const types[] = { "conv", "resnet", NULL };
  const char              *down[DIF_UNET_MAX_LEVELS];
  const char              *up[DIF_UNET_MAX_LEVELS];
  guint                    channels[DIF_UNET_MAX_LEVELS];
  gboolean down_resnet = dif_json_choice_or_null (r, "downsample_type", 0, 0, types) == 1;
  gboolean up_resnet = dif_json_choice_or_null (r, "upsample_type", 0, 0, types) == 1;
  guint    n_down = dif_json_string_array (r, "down_block_types", down, DIF_UNET_MAX_LEVELS);
  guint    n_up = dif_json_string_array (r, "up_block_types", up, DIF_UNET_MAX_LEVELS);

  c->n_levels =
      dif_json_uint_array (r, "block_out_channels", channels, DIF_UNET_MAX_LEVELS, 1, MAX_CHANNELS);
  if (r->error)
    return;
  if (c->n_levels == 0 || n_down != c->n_levels || n_up != c->n_levels)
    {
      dif_json_reader_fail (r, DIF_ERROR_VALUE, "block_out_channels",
                            _ ("%u sizes, %u down blocks and %u up blocks do not fit together"),
                            c->n_levels, n_down, n_up);
      return;
    }
  for (guint i = 0; i < c->n_levels; i++)
    {
      DifUNetLevel *level = &c->level[i];

      level->channels = channels[i];
      if (! read_block_kind (r, "down_block_types", down[i], TRUE, &level->down_attention,
                             &level->down_resnet) ||
          ! read_block_kind (r, "up_block_types", up[c->n_levels - 1 - i], FALSE,
                             &level->up_attention, &level->up_resnet))
        return;
      level->down_resnet = level->down_resnet || (level->down_attention && down_resnet);
      level->up_resnet = level->up_resnet || (level->up_attention && up_resnet);
    }
}

static void
read_activation (DifJsonReader *r, DifUNetConfig *c)
{
  const char *name = dif_json_string (r, "act_fn", "silu");

  if (! r->error && ! dif_activation_parse (name, &c->activation))
    dif_json_reader_fail (r, DIF_ERROR_UNSUPPORTED, "act_fn",
                          _ ("the activation “%s” is not supported"), name);
}

static void
read_embedding (DifJsonReader *r, DifUNetConfig *c)
{
  static const char *const types[] = { "positional", "fourier", NULL };

  c->fourier = dif_json_choice_or_null (r, "time_embedding_type", 0, 0, types) == 1;
}

/* Keys that change the network and that only one value of is known here. */
static void
refuse_unsupported (DifJsonReader *r)
{
  const char *classes = dif_json_string_or_null (r, "class_embed_type", "", "");
  const char *mid = dif_json_string_or_null (r, "mid_block_type", "UNetMidBlock2D", "");

  if (r->error)
    return;
  if (*classes)
    dif_json_reader_fail (r, DIF_ERROR_UNSUPPORTED, "class_embed_type",
                          _ ("“%s” is not supported (a plain table of labels is)"), classes);
  else if (! g_str_equal (mid, "UNetMidBlock2D"))
    dif_json_reader_fail (r, DIF_ERROR_UNSUPPORTED, "mid_block_type",
                          _ ("“%s” is not supported (“UNetMidBlock2D” is)"), mid);
}

/* One side of a square or two of a rectangle, which only tell what the network has seen: so what
 * people write by hand is understood too, 64.0 and "64". */
static guint
read_side (DifJsonReader *r, json_t *value)
{
  const double number = json_number_value (value);
  guint64      side = 0;

  if (json_is_string (value) &&
      g_ascii_string_to_unsigned (json_string_value (value), 10, 0, MAX_SIDE, &side, NULL))
    return (guint) side;
  if (json_is_number (value) && number >= 0.0 && number <= MAX_SIDE && number == floor (number))
    return (guint) number;
  dif_json_reader_fail (r, DIF_ERROR_VALUE, "sample_size",
                        _ ("expected a whole number from 0 to %u, or two of them"), MAX_SIDE);
  return 0;
}

static void
read_sample_size (DifJsonReader *r, DifUNetConfig *c)
{
  json_t     *value = json_object_get (r->root, "sample_size");
  const gsize n = json_array_size (value);

  if (r->error || ! value || json_is_null (value))
    return;
  if (n > 2)
    dif_json_reader_fail (r, DIF_ERROR_VALUE, "sample_size",
                          _ ("expected a whole number from 0 to %u, or two of them"), MAX_SIDE);
  c->sample_height = read_side (r, n ? json_array_get (value, 0) : value);
  c->sample_width = n == 2 ? read_side (r, json_array_get (value, 1)) : c->sample_height;
}

static void
check_divisions (DifJsonReader *r, const DifUNetConfig *c)
{
  for (guint i = 0; i < c->n_levels && ! r->error; i++)
    {
      const DifUNetLevel *level = &c->level[i];
      gboolean            attention = level->down_attention || level->up_attention ||
                           (i == c->n_levels - 1 && c->add_attention);

      if (level->channels % c->norm_num_groups)
        dif_json_reader_fail (r, DIF_ERROR_VALUE, "norm_num_groups",
                              _ ("%u groups do not divide %u channels"), c->norm_num_groups,
                              level->channels);
      else if (attention && c->attention_head_dim && level->channels % c->attention_head_dim)
        dif_json_reader_fail (r, DIF_ERROR_VALUE, "attention_head_dim",
                              _ ("heads of %u channels do not divide %u channels"),
                              c->attention_head_dim, level->channels);
    }
  if (! r->error && ! c->fourier && c->level[0].channels / 2 <= c->freq_shift)
    dif_json_reader_fail (r, DIF_ERROR_VALUE, "freq_shift",
                          _ ("%g leaves no frequencies for %u channels"), c->freq_shift,
                          c->level[0].channels);
  if (! r->error && c->mid_attention_groups &&
      c->level[c->n_levels - 1].channels % c->mid_attention_groups)
    dif_json_reader_fail (r, DIF_ERROR_VALUE, "attn_norm_num_groups",
                          _ ("%u groups do not divide %u channels"), c->mid_attention_groups,
                          c->level[c->n_levels - 1].channels);
}

gboolean
dif_unet_config_read (DifJsonReader *r, DifUNetConfig *c)
{
  static const char *const shifts[] = { "default", "scale_shift", NULL };

  memset (c, 0, sizeof *c);
  dif_json_require (r, "in_channels", "out_channels", "block_out_channels", "down_block_types",
                    "up_block_types", NULL);
  refuse_unsupported (r);
  read_embedding (r, c);
  read_levels (r, c);
  read_activation (r, c);
  read_sample_size (r, c);
  c->in_channels = dif_json_uint (r, "in_channels", 3, 1, MAX_CHANNELS);
  c->out_channels = dif_json_uint (r, "out_channels", 3, 1, MAX_CHANNELS);
  c->center_input_sample = dif_json_bool_or_null (r, "center_input_sample", FALSE, FALSE);
  c->freq_shift = dif_json_double (r, "freq_shift", 0.0, 0.0, 1.0);
  c->flip_sin_to_cos = dif_json_bool_or_null (r, "flip_sin_to_cos", TRUE, FALSE);
  c->layers_per_block = dif_json_uint (r, "layers_per_block", 2, 1, MAX_LAYERS);
  c->mid_block_scale_factor = dif_json_double (r, "mid_block_scale_factor", 1.0, 1e-6, 1e6);
  c->downsample_padding = dif_json_uint (r, "downsample_padding", 1, 0, 1);
  c->attention_head_dim = dif_json_uint_or_null (r, "attention_head_dim", 8, 0, 1, MAX_CHANNELS);
  c->norm_num_groups = dif_json_uint (r, "norm_num_groups", 32, 1, MAX_CHANNELS);
  c->norm_eps = dif_json_double (r, "norm_eps", 1e-5, 0.0, 1.0);
  c->scale_shift = dif_json_choice_or_null (r, "resnet_time_scale_shift", 0, 0, shifts) == 1;
  c->mid_attention_groups =
      dif_json_uint_or_null (r, "attn_norm_num_groups", c->scale_shift ? 0 : c->norm_num_groups,
                             c->scale_shift ? 0 : c->norm_num_groups, 1, MAX_CHANNELS);
  c->add_attention = dif_json_bool_or_null (r, "add_attention", TRUE, FALSE);
  c->num_class_embeds = dif_json_uint_or_null (r, "num_class_embeds", 0, 0, 1, 1000000);
  if (! r->error)
    c->time_embedding_dim =
        dif_json_uint_or_null (r, "time_embedding_dim", 4 * c->level[0].channels,
                               4 * c->level[0].channels, 1, 16 * MAX_CHANNELS);
  if (! r->error)
    check_divisions (r, c);
  return ! r->error;
}
