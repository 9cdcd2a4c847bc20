import Foundation

/// The error of a local server that cannot run. The description has the cause and a remedy.
package struct LocalServerError: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }

    static func missing(_ program: String, remedy: String) -> LocalServerError { LocalServerError("\(program) is missing: \(remedy)") }

    /// The server ended; known causes are found in its log.
    static func ended(_ server: String, log: String) -> LocalServerError {
        let tail = LogTail.text(of: log, bytes: 4096)
        if tail.contains("No space left on device") {
            return LocalServerError("the disk is full, so \(server) cannot run: free some space, and the server starts again")
        }
        if tail.contains("Address already in use") || tail.contains("address already in use") {
            return LocalServerError("a port that \(server) needs was taken by another program: run the command again to use another one")
        }
        return LocalServerError("\(server) ended before it was ready (see its log, \(log))\(lastLine(tail))")
    }

    /// The server ends after every start.
    static func endsRepeatedly(_ server: String, times: Int, log: String) -> LocalServerError {
        let tail = LogTail.text(of: log, bytes: 4096)
        guard !tail.contains("No space left on device") else { return ended(server, log: log) }
        return LocalServerError(
            "\(server) has ended \(times) times within a minute: see its log, \(log); `bellwether down` stops the attempts"
                + lastLine(tail))
    }

    private static func lastLine(_ text: String) -> String { text.split(separator: "\n").last.map { ": " + $0 } ?? "" }

    static func unwritable(_ path: String, _ error: any Error) -> LocalServerError {
        LocalServerError("cannot write \(path): \(error)")
    }
}

extension LogTail {
    /// The last bytes of a log file as text; empty when the file is missing.
    static func text(of path: String, bytes: UInt64) -> String {
        guard let file = FileHandle(forReadingAtPath: path) else { return "" }
        defer { try? file.close() }
        let end = (try? file.seekToEnd()) ?? 0
        try? file.seek(toOffset: end > bytes ? end - bytes : 0)
        return String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
    }
}
