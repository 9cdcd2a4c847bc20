import Formats
import Glibc

/// An HTTP response of any status.
package struct HTTPResponse: Sendable {
    package let status: Int
    /// In the order of arrival, names as sent; a name may appear more than once.
    package let headers: [(name: String, value: String)]
    /// The body after decompression; `Content-Encoding` and `Content-Length` keep the values that the server sent.
    package let body: [UInt8]

    package init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first value of a header, whose name is compared without regard to ASCII case.
    package subscript(header name: String) -> String? {
        headers.first { $0.name.equalsIgnoringASCIICase(name) }?.value
    }

    package var isSuccess: Bool { (200..<300).contains(status) }

    /// The pause of the `Retry-After` header; nil without one.
    package var retryAfter: Duration? {
        RetryAfter.seconds(self[header: "Retry-After"], date: self[header: "Date"], now: Int64(time(nil))).map { .seconds($0) }
    }

    /// The body as text; bytes that are not UTF-8 become U+FFFD.
    package var text: String { String(decoding: body, as: UTF8.self) }
}

extension String {
    /// Equality of header names and schemes: A–Z and a–z are the same, everything else is compared byte by byte.
    package func equalsIgnoringASCIICase(_ other: String) -> Bool {
        utf8.lazy.map(\.asciiLowercased).elementsEqual(other.utf8.lazy.map(\.asciiLowercased))
    }
}

extension UInt8 {
    var asciiLowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
