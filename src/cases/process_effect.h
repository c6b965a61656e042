/* SPDX-License-Identifier: EUPL-1.2 */
/* How the effects of actions are read: one function for each kind, by the table of
 * process_effect.c. */
#pragma once

#include "cases/process_read.h"

typedef struct EffectReader {
    ProcessReader *base;
    const FeelScope *scope; /* with the names of `each` */
    const Node *node;       /* the effect's properties */
    ActionEffect *effect;
} EffectReader;

/* process_effect_register.c */
void effect_read_register(EffectReader *reader);
/* process_effect_money.c */
void effect_read_assess(EffectReader *reader);
void effect_read_mandate(EffectReader *reader);
/* process_effect_letter.c */
void effect_read_letter(EffectReader *reader);
void effect_read_mail(EffectReader *reader);
/* process_effect_day.c */
void effect_read_deadline(EffectReader *reader);
void effect_read_reminder(EffectReader *reader);
void effect_read_later(EffectReader *reader);
/* process_effect_order.c */
void effect_read_order(EffectReader *reader);
