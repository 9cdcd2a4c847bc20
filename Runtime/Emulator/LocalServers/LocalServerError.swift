/// Why a local server is not there, as one sentence that says what to do.
package struct LocalServerError: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }

    static func missing(_ what: String, remedy: String) -> LocalServerError { LocalServerError("\(what) is missing: \(remedy)") }

    /// What a server's log says about its end, put into words where the cause is known.
    static func ended(_ server: String, log: String) -> LocalServerError {
        let tail = ServerLog.last(4096, of: log)
        if tail.contains("No space left on device") {
            return LocalServerError("the disk is full, so \(server) cannot run: free some space; what waits for it goes on then")
        }
        if tail.contains("Address already in use") || tail.contains("address already in use") {
            return LocalServerError("a port that \(server) needs was taken by another program: run the command again to use another one")
        }
        return LocalServerError("\(server) ended before it was ready (its log is \(log))\(lastLine(tail))")
    }

    /// A server that is started again and again, and ends every time.
    static func dying(_ server: String, times: Int, log: String) -> LocalServerError {
        let tail = ServerLog.last(4096, of: log)
        guard !tail.contains("No space left on device") else { return ended(server, log: log) }
        return LocalServerError(
            "\(server) has ended \(times) times within a minute: its log, \(log), says why; `bellwether down` ends the attempts"
                + lastLine(tail))
    }

    private static func lastLine(_ text: String) -> String { text.split(separator: "\n").last.map { ": " + $0 } ?? "" }

    static func unwritable(_ path: String, _ reason: any Error) -> LocalServerError {
        LocalServerError("cannot write \(path): \(reason)")
    }
}
