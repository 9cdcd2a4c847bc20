/// Why a local server is not there, as one sentence that says what to do.
package struct ServerTrouble: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }

    static func missing(_ what: String, remedy: String) -> ServerTrouble { ServerTrouble("\(what) is missing: \(remedy)") }

    /// What a server's log says about its end, put into words where the cause is known.
    static func ended(_ server: String, log: String) -> ServerTrouble {
        let tail = ServerLog.last(4096, of: log)
        if tail.contains("No space left on device") {
            return ServerTrouble("the disk is full, so \(server) cannot start: free some space and run the command again")
        }
        if tail.contains("Address already in use") || tail.contains("address already in use") {
            return ServerTrouble("a port that \(server) needs was taken by another program: run the command again to use another one")
        }
        let last = tail.split(separator: "\n").last.map { ": " + $0 } ?? ""
        return ServerTrouble("\(server) ended before it was ready (its log is \(log))\(last)")
    }

    static func unwritable(_ path: String, _ reason: any Error) -> ServerTrouble {
        ServerTrouble("cannot write \(path): \(reason)")
    }
}
