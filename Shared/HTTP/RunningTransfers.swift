import CCurl

/// The transfers inside the multi handle; used by the loop's thread only.
struct RunningTransfers: ~Copyable {
    private final class Entry {
        let transfer: Transfer
        let handle: EasyHandle

        init(_ transfer: Transfer, _ handle: consuming EasyHandle) {
            self.transfer = transfer
            self.handle = handle
        }
    }

    private let multi: MultiHandle
    private var entries: [UnsafeMutableRawPointer: Entry] = [:]

    init(multi: MultiHandle) { self.multi = multi }

    mutating func add(_ transfer: Transfer, caFile: String?, userAgent: String) {
        do throws(HTTPError) {
            let entry = Entry(transfer, try EasyHandle.open(for: transfer, caFile: caFile, userAgent: userAgent))
            guard curl_multi_add_handle(multi.raw, entry.handle.raw) == CURLM_OK else {
                throw HTTPError(.broken, "libcurl took no further transfer")
            }
            entries[entry.handle.raw] = entry
        } catch {
            transfer.finish(.failure(error))
        }
    }

    mutating func remove(_ transfer: Transfer, _ failure: HTTPError) {
        guard let entry = entries.values.first(where: { $0.transfer === transfer }) else { return }
        take(entry.handle.raw)
        transfer.finish(.failure(failure))
    }

    mutating func removeAll(_ failure: HTTPError) {
        for entry in entries.values { remove(entry.transfer, failure) }
    }

    /// Lets libcurl work on every transfer and finishes the ended ones.
    mutating func perform() {
        var count: Int32 = 0
        curl_multi_perform(multi.raw, &count)
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi.raw, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let raw = message.pointee.easy_handle, let entry = entries[raw] else { continue }
            let outcome = Self.outcome(entry, CurlCode(curl_shim_result(message)))
            take(raw)
            entry.transfer.finish(outcome)
        }
    }

    private mutating func take(_ raw: UnsafeMutableRawPointer) {
        curl_multi_remove_handle(multi.raw, raw)
        entries[raw] = nil
    }

    private static func outcome(_ entry: Entry, _ code: CurlCode) -> Transfer.Outcome {
        let transfer = entry.transfer
        guard code == .ok else {
            let host = transfer.address.authority
            guard !transfer.isTooLarge else {
                return .failure(HTTPError(.tooLarge, code: code, "\(host) sent \(transfer.excess)"))
            }
            // libcurl reports a header line beyond its own limit as a lack of memory.
            if code == .outOfMemory, transfer.isReadingHeaders {
                return .failure(HTTPError(.tooLarge, code: code, "\(host) sent a header line of more than 100 KiB"))
            }
            let text = entry.handle.errorText
            return .failure(HTTPError(.init(code), code: code, "\(host): \(text.isEmpty ? code.description : text)"))
        }
        let response = HTTPResponse(
            status: curl_shim_info_long(entry.handle.raw, CURLINFO_RESPONSE_CODE), headers: transfer.headers, body: transfer.body)
        return .success((response, curl_shim_info_text(entry.handle.raw, CURLINFO_REDIRECT_URL).map { String(cString: $0) }))
    }
}
