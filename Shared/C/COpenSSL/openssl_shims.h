// Digests of libcrypto: `EVP_sha256()` and friends behind functions with annotated, sized results.
#pragma once
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdint.h>

/// Writes the 32 bytes of SHA-256 over `bytes` to `digest`. Returns 1, or 0 when libcrypto refuses.
static inline int openssl_shim_sha256(const void *_Nullable bytes, size_t count, uint8_t *_Nonnull digest) {
  return EVP_Digest(count ? bytes : "", count, digest, NULL, EVP_sha256(), NULL);
}

/// Writes the 32 bytes of HMAC-SHA-256 to `digest`. Returns 1, or 0 when libcrypto refuses.
static inline int openssl_shim_hmac_sha256(
    const void *_Nullable key, size_t key_count, const void *_Nullable bytes, size_t count, uint8_t *_Nonnull digest) {
  return HMAC(EVP_sha256(), key_count ? key : "", (int)key_count, count ? bytes : (const void *)"", count, digest, NULL) != NULL;
}
