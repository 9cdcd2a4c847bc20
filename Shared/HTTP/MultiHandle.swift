import CCurl
import Formats

/// A libcurl multi handle, owned by one `TransferLoop`.
///
/// `@unchecked Sendable`: libcurl allows `curl_multi_wakeup` from any thread; everything else is called by the loop's thread only.
struct MultiHandle: @unchecked Sendable {
    let raw: UnsafeMutableRawPointer

    private static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// Starts libcurl with the first handle of the process.
    static func open() -> MultiHandle? {
        guard isLibraryReady, let raw = curl_multi_init() else { return nil }
        curl_shim_multi_set_long(raw, CURLMOPT_MAX_HOST_CONNECTIONS, 32)
        curl_shim_multi_set_long(raw, CURLMOPT_MAXCONNECTS, 64)
        return MultiHandle(raw: raw)
    }

    /// Ends a `poll` at once, also one that has not begun.
    func wake() { curl_multi_wakeup(raw) }

    func poll(milliseconds: Int32) { curl_multi_poll(raw, nil, 0, milliseconds, nil) }

    func close() { curl_multi_cleanup(raw) }
}
