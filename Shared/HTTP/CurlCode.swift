import CCurl

/// libcurl's result of a transfer (`CURLcode`). Codes without a name here survive as numbers.
package struct CurlCode: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }
    init(_ code: CURLcode) { rawValue = code.rawValue }

    package static let ok = Self(CURLE_OK)
    package static let malformedURL = Self(CURLE_URL_MALFORMAT)
    package static let proxyNotResolved = Self(CURLE_COULDNT_RESOLVE_PROXY)
    package static let hostNotResolved = Self(CURLE_COULDNT_RESOLVE_HOST)
    package static let notConnected = Self(CURLE_COULDNT_CONNECT)
    package static let partialBody = Self(CURLE_PARTIAL_FILE)
    package static let outOfMemory = Self(CURLE_OUT_OF_MEMORY)
    package static let timedOut = Self(CURLE_OPERATION_TIMEDOUT)
    package static let tlsHandshake = Self(CURLE_SSL_CONNECT_ERROR)
    package static let nothingReceived = Self(CURLE_GOT_NOTHING)
    package static let certificateRejected = Self(CURLE_PEER_FAILED_VERIFICATION)
    package static let tooLarge = Self(CURLE_FILESIZE_EXCEEDED)
    package static let certificateFile = Self(CURLE_SSL_CACERT_BADFILE)

    /// libcurl's own text for the code, e.g. "Couldn't connect to server".
    package var description: String {
        curl_easy_strerror(CURLcode(rawValue)).map { String(cString: $0) } ?? "curl \(rawValue)"
    }
}
