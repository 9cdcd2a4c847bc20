/// An HTTP status; unknown ones survive.
struct Status: Sendable, Hashable, CustomStringConvertible {
    let code: Int

    static let ok = Status(code: 200), accepted = Status(code: 202), noContent = Status(code: 204)
    static let badRequest = Status(code: 400), forbidden = Status(code: 403), tooLarge = Status(code: 413)

    var isSuccess: Bool { (200..<300).contains(code) }
    var description: String { String(code) }
}

/// A complete answer of the Runtime API.
struct Reply: Sendable, Hashable {
    struct Header: Sendable, Hashable {
        /// Lower case.
        let name: String
        let value: String
    }

    var status = Status(code: 0)
    var headers: [Header] = []
    var body: [UInt8] = []
    /// Whether another request may follow on the same connection.
    var keepsAlive = true

    subscript(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}
