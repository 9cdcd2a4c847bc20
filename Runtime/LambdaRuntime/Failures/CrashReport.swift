import Formats
import Glibc

/// One line with the request id when a trap or a bad access ends the process: nothing can catch those.
enum CrashReport {
    private static let capacity = 160
    // Safe: written by the loop's thread between invocations, read only by the signal handler of a process that is ending.
    nonisolated(unsafe) private static let line = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    nonisolated(unsafe) private static var length = 0

    static func install() {
        serving("none")
        for signal in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT] {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { signal in
                _ = write(STDERR_FILENO, CrashReport.line, CrashReport.length)
                raise(signal)
            }
            action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
            sigaction(signal, &action, nil)
        }
    }

    /// Names the invocation that a crash from now on belongs to.
    static func serving(_ request: String) {
        length = 0
        append("{\"level\":\"FATAL\",\"message\":\"The process crashed\",\"requestId\":\"")
        append(request)
        append("\"}\n")
    }

    private static func append(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            let count = min(bytes.count, capacity - length)
            guard count > 0, let start = bytes.baseAddress else { return }
            (line + length).update(from: start, count: count)
            length += count
        }
    }
}
