import AWS
import FoundationEssentials

/// The version of the running code: the start of its executable's SHA-256.
enum CodeVersion {
    struct Unreadable: Error, CustomStringConvertible {
        var description: String { "/proc/self/exe cannot be read, so that the code's version is unknown" }
    }

    static func current() throws(Unreadable) -> String { try found.get() }

    /// The executable is read and hashed only once, because that takes longer than a transaction should last.
    private static let found = Result { () throws(Unreadable) in
        guard let bytes = FileManager.default.contents(atPath: "/proc/self/exe") else { throw Unreadable() }
        return String(Digest.sha256Hex([UInt8](bytes)).prefix(16))
    }
}
