import CCurl
import Formats
import Glibc

/// A libcurl easy handle set up for one transfer. Freed by `deinit`, after it has left its multi handle.
struct EasyHandle: ~Copyable {
    let raw: UnsafeMutableRawPointer
    private let headers: UnsafeMutablePointer<curl_slist>?
    private let message: UnsafeMutablePointer<CChar>

    private init(adopting raw: UnsafeMutableRawPointer, headers: UnsafeMutablePointer<curl_slist>?) {
        self.raw = raw
        self.headers = headers
        message = .allocate(capacity: Int(CURL_ERROR_SIZE))
        message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_easy_cleanup(raw)
        curl_slist_free_all(headers)
        message.deallocate()
    }

    /// libcurl's sentence about what went wrong; empty when it has none.
    var errorText: String { String(cString: message) }

    /// The handle points at `transfer` without owning it: the owner of the handle keeps the transfer alive.
    static func open(for transfer: Transfer, caFile: String?, userAgent: String) throws(HTTPError) -> EasyHandle {
        let remaining = ContinuousClock.now.duration(to: transfer.deadline)
        guard remaining > .zero else { throw HTTPError(.timedOut, "the deadline had passed before the request was sent") }
        guard let raw = curl_easy_init() else { throw HTTPError(.broken, code: .outOfMemory, "out of memory") }
        let handle = EasyHandle(adopting: raw, headers: headerList(transfer.request, userAgent: userAgent))
        handle.setTransport(transfer, milliseconds: max(1, Int(checked: remaining / .milliseconds(1)) ?? .max), caFile: caFile)
        handle.setRequest(transfer.request)
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        curl_shim_set_header_sink(
            raw,
            { bytes, size, count, context in
                guard let context else { return 0 }
                let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
                return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().receive(headerLine: line) ? size * count : 0
            }, context)
        curl_shim_set_body_sink(
            raw,
            { bytes, size, count, context in
                guard let context else { return 0 }
                let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
                return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().receive(body: piece) ? size * count : 0
            }, context)
        return handle
    }

    private func setTransport(_ transfer: Transfer, milliseconds: Int, caFile: String?) {
        curl_shim_set_long(raw, CURLOPT_NOSIGNAL, 1)
        curl_shim_set_long(raw, CURLOPT_TIMEOUT_MS, milliseconds)
        curl_shim_set_long(raw, CURLOPT_CONNECTTIMEOUT_MS, min(milliseconds, 10_000))
        curl_shim_set_long(raw, CURLOPT_QUICK_EXIT, 1)
        curl_shim_set_long(raw, CURLOPT_TCP_KEEPALIVE, 1)
        curl_shim_set_long(raw, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        curl_shim_set_text(raw, CURLOPT_PROTOCOLS_STR, "http,https")
        curl_shim_set_long(raw, CURLOPT_FOLLOWLOCATION, 0)
        curl_shim_set_long(raw, CURLOPT_SSL_VERIFYPEER, 1)
        curl_shim_set_long(raw, CURLOPT_SSL_VERIFYHOST, 2)
        curl_shim_set_long(raw, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let caFile { curl_shim_set_text(raw, CURLOPT_CAINFO, caFile) }
        if transfer.address.isLoopback { curl_shim_set_text(raw, CURLOPT_PROXY, "") }
        curl_shim_set_pointer(raw, CURLOPT_ERRORBUFFER, message)
        curl_shim_set_pointer(raw, CURLOPT_PRIVATE, Unmanaged.passUnretained(transfer).toOpaque())
    }

    private func setRequest(_ request: HTTPRequest) {
        curl_shim_set_text(raw, CURLOPT_URL, request.url)
        curl_shim_set_long(raw, CURLOPT_PATH_AS_IS, 1)
        curl_shim_set_pointer(raw, CURLOPT_HTTPHEADER, headers)
        if request.acceptsCompression { curl_shim_set_text(raw, CURLOPT_ACCEPT_ENCODING, "gzip, deflate") }
        if let body = request.body ?? (["POST", "PUT"].contains(request.method) ? [] : nil) {
            curl_shim_set_offset(raw, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
            body.withUnsafeBytes { bytes in
                _ = curl_shim_set_pointer(raw, CURLOPT_COPYPOSTFIELDS, bytes.baseAddress ?? UnsafeRawPointer(message))
            }
        }
        if request.needsNewConnection { curl_shim_set_long(raw, CURLOPT_FRESH_CONNECT, 1) }
        if request.method == "HEAD" { curl_shim_set_long(raw, CURLOPT_NOBODY, 1) }
        curl_shim_set_text(raw, CURLOPT_CUSTOMREQUEST, request.method)
    }

    /// Header lines in curl's notation: `Name;` sends an empty value, `Name:` removes what curl would add by itself.
    private static func headerList(_ request: HTTPRequest, userAgent: String) -> UnsafeMutablePointer<curl_slist>? {
        var list = curl_slist_append(nil, "Expect:")
        let has = { (name: String) in request.headers.contains { $0.name.equalsIgnoringASCIICase(name) } }
        if !has("Content-Type") { list = curl_slist_append(list, "Content-Type:") }
        if !has("User-Agent") { list = curl_slist_append(list, "User-Agent: " + userAgent) }
        for (name, value) in request.headers where !name.equalsIgnoringASCIICase("Expect") {
            list = curl_slist_append(list, value.isEmpty ? name + ";" : "\(name): \(value)")
        }
        return list
    }
}
