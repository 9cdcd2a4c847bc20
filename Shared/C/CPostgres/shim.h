#pragma once
#include <libpq-fe.h>

/// The five characters of the error's SQLSTATE, or NULL. Owned by `result`. (`PG_DIAG_*` are character macros, which Swift does not import.)
static inline const char *_Nullable postgres_sqlstate(const PGresult *_Nonnull result) {
  return PQresultErrorField(result, PG_DIAG_SQLSTATE);
}

/// The error's primary message, without DETAIL (which quotes values). Owned by `result`.
static inline const char *_Nullable postgres_message(const PGresult *_Nonnull result) {
  return PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
}

/// The name of the violated constraint, or NULL. Owned by `result`.
static inline const char *_Nullable postgres_constraint(const PGresult *_Nonnull result) {
  return PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
}

#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

/// An event descriptor, or -1. The caller closes it. (Swift's Glibc does not have <sys/eventfd.h>.)
static inline int eventfd_shim_open(void) { return eventfd(0, EFD_CLOEXEC); }

/// Makes `descriptor` readable.
static inline void eventfd_shim_signal(int descriptor) {
  uint64_t one = 1;
  ssize_t written = write(descriptor, &one, sizeof one);
  (void)written;
}
