/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/desk_money.h"

static const Migration MIGRATIONS[] = {
    {"pay-001-charge", "CREATE TABLE charge ("
                       "  id {id},"
                       "  key TEXT NOT NULL UNIQUE,"
                       "  payment_reference TEXT NOT NULL UNIQUE,"
                       "  subject TEXT NOT NULL,"
                       "  revenue TEXT NOT NULL,"
                       "  purpose TEXT NOT NULL,"
                       "  debtor TEXT NOT NULL,"
                       "  owed_cents BIGINT NOT NULL CHECK (owed_cents >= 0),"
                       "  paid_cents BIGINT NOT NULL,"
                       "  due TEXT NOT NULL,"
                       "  created_at BIGINT NOT NULL);"
                       "CREATE TABLE charge_subject ("
                       "  charge_id BIGINT NOT NULL REFERENCES charge (id),"
                       "  subject TEXT NOT NULL,"
                       "  PRIMARY KEY (subject, charge_id))"},
    {"pay-002-ledger", "CREATE TABLE ledger_booking ("
                       "  id {id},"
                       "  at BIGINT NOT NULL,"
                       "  kind TEXT NOT NULL,"
                       "  text TEXT NOT NULL,"
                       "  value_date TEXT NOT NULL,"
                       "  actor TEXT NOT NULL);"
                       "CREATE TABLE ledger_line ("
                       "  id {id},"
                       "  booking_id BIGINT NOT NULL REFERENCES ledger_booking (id),"
                       "  account TEXT NOT NULL,"
                       "  charge_id BIGINT REFERENCES charge (id),"
                       "  cents BIGINT NOT NULL);"
                       "CREATE INDEX ledger_line_booking ON ledger_line (booking_id);"
                       "CREATE INDEX ledger_line_charge ON ledger_line (charge_id, account);"
                       "CREATE INDEX ledger_line_account ON ledger_line (account)"},
    {"pay-003-bank",
     "CREATE TABLE bank_item ("
     "  id {id},"
     "  key TEXT NOT NULL UNIQUE,"
     "  booked TEXT NOT NULL,"
     "  value TEXT NOT NULL,"
     "  cents BIGINT NOT NULL,"
     "  name TEXT,"
     "  iban TEXT,"
     "  text TEXT,"
     "  end_to_end TEXT,"
     "  status TEXT NOT NULL CHECK (status IN ('matched', 'open', 'assigned', 'cleared')),"
     "  charge_id BIGINT REFERENCES charge (id),"
     "  created_at BIGINT NOT NULL);"
     "CREATE INDEX bank_item_status ON bank_item (status, id)"},
    {"pay-004-reason", "CREATE TABLE charge_reason ("
                       "  id {id},"
                       "  charge_id BIGINT NOT NULL REFERENCES charge (id),"
                       "  at BIGINT NOT NULL,"
                       "  cents BIGINT NOT NULL,"
                       "  text TEXT NOT NULL);"
                       "CREATE INDEX charge_reason_charge ON charge_reason (charge_id, id)"},
    {"pay-005-unsettled", "CREATE INDEX charge_unsettled ON charge (owed_cents, paid_cents) "
                          "WHERE owed_cents <> paid_cents"},
    {0},
};

static const NavItem NAVIGATION[] = {
    {"/desk/kasse", "Kasse", "money.read"},
    {0},
};

const Engine PAY_ENGINE = {
    .name = "pay",
    .migrations = MIGRATIONS,
    .routes = MONEY_ROUTES,
    .jobs = MONEY_JOBS,
    .navigation = NAVIGATION,
};
