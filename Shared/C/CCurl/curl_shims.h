// What Swift cannot call: libcurl's variadic setters and getters, one typed function for each kind of argument.
#pragma once
#include <curl/curl.h>


/// Sets an option that takes a C string. libcurl copies the text.
static inline CURLcode curl_shim_set_text(CURL *_Nonnull handle, CURLoption option, const char *_Nullable value) {
  return curl_easy_setopt(handle, option, value);
}

/// Sets an option that takes a `long`.
static inline CURLcode curl_shim_set_long(CURL *_Nonnull handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

/// Sets an option that takes a `curl_off_t`.
static inline CURLcode curl_shim_set_offset(CURL *_Nonnull handle, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(handle, option, value);
}

/// Sets an option that takes a pointer. The caller keeps what it points at alive until the transfer ends.
static inline CURLcode curl_shim_set_pointer(CURL *_Nonnull handle, CURLoption option, const void *_Nullable value) {
  return curl_easy_setopt(handle, option, value);
}

typedef size_t (*curl_shim_sink)(char *_Nonnull bytes, size_t size, size_t count, void *_Nullable context);

/// Where the body goes. A sink that returns less than `size * count` ends the transfer with CURLE_WRITE_ERROR.
static inline CURLcode curl_shim_set_body_sink(CURL *_Nonnull handle, curl_shim_sink _Nonnull sink, void *_Nonnull context) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, sink);
  return code == CURLE_OK ? curl_easy_setopt(handle, CURLOPT_WRITEDATA, context) : code;
}

/// Where header lines go, one call a line, status lines and trailers included.
static inline CURLcode curl_shim_set_header_sink(CURL *_Nonnull handle, curl_shim_sink _Nonnull sink, void *_Nonnull context) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, sink);
  return code == CURLE_OK ? curl_easy_setopt(handle, CURLOPT_HEADERDATA, context) : code;
}

/// Reads a `long` about a finished transfer; 0 when libcurl has none.
static inline long curl_shim_info_long(CURL *_Nonnull handle, CURLINFO info) {
  long value = 0;
  return curl_easy_getinfo(handle, info, &value) == CURLE_OK ? value : 0;
}

/// Reads a text about a finished transfer. libcurl owns it; it lives as long as the handle.
static inline const char *_Nullable curl_shim_info_text(CURL *_Nonnull handle, CURLINFO info) {
  char *value = NULL;
  return curl_easy_getinfo(handle, info, &value) == CURLE_OK ? value : NULL;
}

/// Sets a multi option that takes a `long`.
static inline CURLMcode curl_shim_multi_set_long(CURLM *_Nonnull multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}

/// Reads the result out of a message of `curl_multi_info_read`, whose data is a union.
static inline CURLcode curl_shim_result(const CURLMsg *_Nonnull message) { return message->data.result; }

