import Foundation

/// The end of a log file.
enum ServerLog {
    /// The last bytes as text; empty when there is no such file.
    static func last(_ bytes: UInt64, of path: String) -> String {
        guard let file = FileHandle(forReadingAtPath: path) else { return "" }
        defer { try? file.close() }
        let end = (try? file.seekToEnd()) ?? 0
        try? file.seek(toOffset: end > bytes ? end - bytes : 0)
        return String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
    }
}
