/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/settings/task.h"

G_BEGIN_DECLS

#define DIF_MAX_COLORS  256u
#define DIF_MAX_PERCENT 1000.0

/**
 * DifSettingKind:
 * @DIF_SETTING_TEXT: a `char *` of the struct's own; %NULL is ""
 * @DIF_SETTING_PROMPT: likewise, which says what an image shows
 * @DIF_SETTING_MODEL: likewise, which names a model
 * @DIF_SETTING_NAME: likewise, the id of one of the choices
 * @DIF_SETTING_CHOICE: an enumeration whose values count the choices
 * @DIF_SETTING_WHOLE: a `gint` or `guint`
 * @DIF_SETTING_REAL: a `double`
 * @DIF_SETTING_SWITCH: a `gboolean`
 * @DIF_SETTING_PALETTE: a `float *` of the struct's own, three numbers R'G'B' (sRGB, 0 to 1) for
 *   each color, and a `guint` that counts the colors
 *
 * What a setting's value is, and what its field in a struct is.
 */
typedef enum
{
  DIF_SETTING_TEXT,
  DIF_SETTING_PROMPT,
  DIF_SETTING_MODEL,
  DIF_SETTING_NAME,
  DIF_SETTING_CHOICE,
  DIF_SETTING_WHOLE,
  DIF_SETTING_REAL,
  DIF_SETTING_SWITCH,
  DIF_SETTING_PALETTE,
} DifSettingKind;

/**
 * DifSettingGroup:
 *
 * What a setting is about, in the order of a reference.
 */
typedef enum
{
  DIF_GROUP_MATERIAL,
  DIF_GROUP_PROMPT,
  DIF_GROUP_STEPS,
  DIF_GROUP_GUIDANCE,
  DIF_GROUP_COLORS,
  DIF_GROUP_SELECTION,
  DIF_GROUP_RUN,
  DIF_N_GROUPS,
} DifSettingGroup;

/**
 * DifSettingLevel:
 * @DIF_LEVEL_BASIC: a dialog shows it at once
 * @DIF_LEVEL_ADVANCED: under More
 * @DIF_LEVEL_SCRIPT: it does not, and nothing remembers it
 *
 * Who wants to see a setting.
 */
typedef enum
{
  DIF_LEVEL_BASIC,
  DIF_LEVEL_ADVANCED,
  DIF_LEVEL_SCRIPT,
} DifSettingLevel;

/**
 * DifChoice:
 * @id: in scripts and files
 * @label: for people, not yet translated
 * @help: (nullable): what it means, not yet translated
 *
 * One of the values that a setting can have.
 */
typedef struct
{
  const char *id;
  const char *label;
  const char *help;
} DifChoice;

/**
 * DifSetting:
 * @id: its one name: of GIMP's argument, in JSON, of the command's option; the field is called the
 *   same with underscores
 * @kind: what its value is
 * @offset: of its field
 * @second: offset of what belongs to it: a palette's number of colors; the `double` that takes per
 *   cent, where pixels can be said so instead; 0 for none
 * @least: of numbers, the lowest possible one
 * @most: of numbers, the highest; of palettes, how many colors
 * @usual_least: where values begin to be usual
 * @usual_most: and end; equal to @usual_least where no bar is of use
 * @initial: the default for each task: a number, or which of the choices; texts begin as %NULL
 * @tasks: for which it is offered: 1 << task, or'ed
 * @group: what it is about
 * @level: who wants to see it
 * @letter: the command's short option, or 0
 * @nick: what people call it, with a mnemonic, not yet translated
 * @help: one or two sentences, not yet translated
 * @empty: (nullable): what an empty text stands for, not yet translated
 * @least_word: (nullable): what @least stands for, where it is below 0 and nothing between may be;
 *   not yet translated
 * @most_word: (nullable): what @most stands for
 * @per_image: whether it is set for one image; all else is how one likes to work, which a dialog
 *   keeps from image to image
 * @of_machine: whether it changes nothing of the result, and is not kept with it
 * @unless: (nullable): id of a switch; while it is on, this setting does not count
 * @choice: (nullable): fills in the i-th choice; %FALSE beyond the last
 * @unset: (nullable): id of the choice that a name's %NULL stands for
 * @accepts: (nullable): whether a name that is none of the choices will do as well
 *
 * One setting.  All that has settings reads them from such rows: defaults, checks, JSON, GIMP's
 * arguments and dialog, the command's options, the reference.
 */
typedef struct
{
  const char     *id;
  DifSettingKind  kind;
  gsize           offset;
  gsize           second;
  double          least;
  double          most;
  double          usual_least;
  double          usual_most;
  double          initial[DIF_N_TASKS];
  guint           tasks;
  DifSettingGroup group;
  DifSettingLevel level;
  char            letter;
  const char     *nick;
  const char     *help;
  const char     *empty;
  const char     *least_word;
  const char     *most_word;
  gboolean        per_image;
  gboolean        of_machine;
  const char     *unless;
  gboolean (*choice) (guint i, DifChoice *choice);
  const char *(*unset) (void);
  gboolean (*accepts) (const char *name);
} DifSetting;

/* An initial value that does not depend on the task. */
#define DIF_ALWAYS(value) { (value), (value), (value), (value) }

/**
 * dif_choice_in:
 * @choices: rows
 * @n: how many
 * @i: one of them
 * @choice: (out): filled with it
 *
 * Returns: whether @i is below @n
 *
 * Thread: any
 */
gboolean dif_choice_in (const DifChoice *choices, guint n, guint i, DifChoice *choice);

/**
 * dif_setting_init:
 * @setting: a setting
 * @object: the struct that @setting is of
 * @task: whose default is taken
 *
 * Sets it to its default; what was there is not freed.
 *
 * Thread: any
 */
void dif_setting_init (const DifSetting *setting, gpointer object, DifTask task);

/**
 * dif_setting_clear:
 * @setting: a setting
 * @object: its struct
 *
 * Frees what a field owns, and empties it.
 *
 * Thread: any
 */
void dif_setting_clear (const DifSetting *setting, gpointer object);

/**
 * dif_setting_copy:
 * @setting: a setting
 * @from: a struct
 * @to: another; what was there is not freed
 *
 * Thread: any
 */
void dif_setting_copy (const DifSetting *setting, gconstpointer from, gpointer to);

/**
 * dif_setting_is_text:
 * @setting: a setting
 *
 * Returns: whether its field is a `char *`
 *
 * Thread: any
 */
gboolean dif_setting_is_text (const DifSetting *setting);

/**
 * dif_setting_get_number:
 * @setting: a setting that is neither text nor palette
 * @object: its struct
 *
 * Returns: its value; of a switch 0 or 1, of a choice which one
 *
 * Thread: any
 */
double dif_setting_get_number (const DifSetting *setting, gconstpointer object);

/**
 * dif_setting_set_number:
 * @setting: a setting that is neither text nor palette
 * @object: its struct
 * @number: its value
 *
 * Thread: any
 */
void dif_setting_set_number (const DifSetting *setting, gpointer object, double number);

/**
 * dif_setting_get_string:
 * @setting: a setting that is a text
 * @object: its struct
 *
 * Returns: its value, never %NULL; of a name that is not given what that stands for
 *
 * Thread: any
 */
const char *dif_setting_get_string (const DifSetting *setting, gconstpointer object);

/**
 * dif_setting_set_string:
 * @setting: a setting that is a text
 * @object: its struct
 * @text: (nullable): its value; "" and what a name's %NULL stands for become %NULL
 *
 * Thread: any
 */
void dif_setting_set_string (const DifSetting *setting, gpointer object, const char *text);

/**
 * dif_setting_get_palette:
 * @setting: a setting that is a palette
 * @object: its struct
 * @n: (out): how many colors
 *
 * Returns: (array length=n) (nullable): three numbers for each color
 *
 * Thread: any
 */
const float *dif_setting_get_palette (const DifSetting *setting, gconstpointer object, guint *n);

/**
 * dif_setting_take_palette:
 * @setting: a setting that is a palette
 * @object: its struct
 * @colors: (transfer full) (nullable): three numbers for each color
 * @n: how many colors
 *
 * Thread: any
 */
void dif_setting_take_palette (const DifSetting *setting, gpointer object, float *colors, guint n);

/**
 * dif_setting_find_choice:
 * @setting: a setting with choices
 * @id: (nullable): an id
 * @index: (out) (optional): which one it is
 *
 * Returns: whether there is one of this id
 *
 * Thread: any
 */
gboolean dif_setting_find_choice (const DifSetting *setting, const char *id, guint *index);

/**
 * dif_setting_group_title:
 * @group: a group
 *
 * Returns: what it is called, not yet translated
 *
 * Thread: any
 */
const char *dif_setting_group_title (DifSettingGroup group);

/**
 * dif_setting_has_percent:
 * @setting: a setting
 *
 * Returns: whether it takes per cent as well
 *
 * Thread: any
 */
gboolean dif_setting_has_percent (const DifSetting *setting);

/**
 * dif_setting_get_percent:
 * @setting: a setting
 * @object: its struct
 *
 * Returns: per cent, 0 where it takes none
 *
 * Thread: any
 */
double dif_setting_get_percent (const DifSetting *setting, gconstpointer object);

/**
 * dif_setting_name:
 * @setting: a setting
 *
 * Returns: (transfer full): what people call it, translated, without the mnemonic
 *
 * Thread: any
 */
char *dif_setting_name (const DifSetting *setting);

/**
 * dif_setting_check:
 * @setting: a setting
 * @object: its struct
 * @error: says what would be possible
 *
 * Returns: whether its value is one that it can have
 *
 * Errors: %DIF_ERROR_REQUEST with the setting's id
 * Thread: any
 */
gboolean dif_setting_check (const DifSetting *setting, gconstpointer object, GError **error);

/**
 * dif_setting_to_text:
 * @setting: a setting
 * @object: its struct
 *
 * A number has a point whatever the locale, a switch is yes or no, a palette "#aabbcc,#ddeeff", and
 * what there are words for is the word.  Of a palette this holds 8 bits a channel, of all else the
 * value as it is.
 *
 * Returns: (transfer full): its value as dif_setting_from_text() reads it
 *
 * Thread: any
 */
char *dif_setting_to_text (const DifSetting *setting, gconstpointer object);

/**
 * dif_setting_initial_text:
 * @setting: a setting
 * @task: a task
 *
 * Returns: (transfer full): its default, as dif_setting_to_text() has it
 *
 * Thread: any
 */
char *dif_setting_initial_text (const DifSetting *setting, DifTask task);

/**
 * dif_setting_from_text:
 * @setting: a setting
 * @object: its struct
 * @text: a value, as somebody typed it
 * @error: says what would be possible
 *
 * Sets it.  A whole number of pixels that may be said in per cent takes "25%".
 *
 * Returns: whether it was understood and is one of the values that it can have
 *
 * Errors: %DIF_ERROR_REQUEST with the setting's id
 * Thread: any
 */
gboolean dif_setting_from_text (const DifSetting *setting, gpointer object, const char *text,
                                GError **error);

G_END_DECLS
