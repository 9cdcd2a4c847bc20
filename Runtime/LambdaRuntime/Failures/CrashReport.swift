import Formats
import Glibc
import Synchronization

/// One line with the request id, the signal and the stack when a trap or a bad access ends the process: nothing can catch those.
///
/// The stack for a crash that used up its thread's is the main thread's alone: an overflow on another thread ends the process without a line.
///
/// Frames are offsets into the executable or a library, such as `bootstrap+0x1a2b3c`: `addr2line -Cfe` with the unstripped file names them.
enum CrashReport {
    private static let signals: [(number: Int32, name: StaticString)] = [
        (SIGILL, "SIGILL"), (SIGTRAP, "SIGTRAP"), (SIGSEGV, "SIGSEGV"), (SIGBUS, "SIGBUS"), (SIGFPE, "SIGFPE"), (SIGABRT, "SIGABRT"),
    ]
    private static let mostFrames = 48
    private static let stackBytes = 64 << 10

    /// Set by the first thread that crashes. Others wait for the end of the process, so that one line is written whole.
    private static let isReporting = Atomic(false)

    // Safe: written by the loop's thread between invocations, or by the one thread that has set `isReporting`.
    nonisolated(unsafe) private static var line = CrashLine(capacity: 8 << 10)
    nonisolated(unsafe) private static var requestLine = CrashLine(capacity: 160)
    nonisolated(unsafe) private static let frames = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: mostFrames)

    private typealias Backtrace = @convention(c) (UnsafeMutablePointer<UnsafeMutableRawPointer?>, Int32) -> Int32
    /// `backtrace` of glibc's `<execinfo.h>`, which Swift's module does not have; nil where the C library has none.
    private static let backtrace = unsafeBitCast(dlsym(nil, "backtrace"), to: Backtrace?.self)

    static func install() {
        serving("none")
        line.clear()
        // The first call loads the unwinder, which a signal handler must not do.
        _ = backtrace?(frames, 1)
        SharedObject.prepare()
        // A stack of its own, for a crash that used up the thread's.
        var stack = stack_t()
        stack.ss_sp = UnsafeMutableRawPointer.allocate(byteCount: stackBytes, alignment: 16)
        stack.ss_size = stackBytes
        sigaltstack(&stack, nil)
        for (signal, _) in signals {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { number in
                guard CrashReport.isReporting.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged
                else {
                    while true { pause() }
                }
                CrashReport.write(number)
                Glibc.signal(number, SIG_DFL)
                raise(number)
            }
            // A fault inside of the handler ends the process.
            sigfillset(&action.sa_mask)
            action.sa_flags = SA_ONSTACK
            sigaction(signal, &action, nil)
        }
    }

    /// Names the invocation that a crash from now on belongs to.
    static func serving(_ request: String) {
        requestLine.clear()
        requestLine.append("{\"level\":\"FATAL\",\"message\":\"The process crashed\",\"requestId\":\"")
        var request = request
        request.withUTF8 { requestLine.append($0) }
        requestLine.append("\"")
    }

    /// Runs in the signal handler: allocates nothing and takes no lock but the loader's.
    private static func write(_ signal: Int32) {
        line.clear()
        line.append(requestLine.bytes)
        line.append(",\"signal\":\"")
        for (number, name) in signals where number == signal { line.append(name) }
        line.append("\",\"stackTrace\":[")
        // Before the walk along the stack, which may fail.
        flush()
        let count = backtrace?(frames, Int32(truncatingIfNeeded: mostFrames)) ?? 0
        for index in 0..<Int(count) {
            guard let frame = frames[index] else { continue }
            line.append(index == 0 ? "\"" : ",\"")
            line.append(frame: frame)
            line.append("\"")
        }
        line.append("]}\n")
        flush()
    }

    private static func flush() {
        _ = Glibc.write(STDERR_FILENO, line.bytes.baseAddress, line.bytes.count)
        line.clear()
    }
}

/// The executable or library that an address belongs to: `Dl_info` of glibc's `<dlfcn.h>`, which Swift's module does not have.
private struct SharedObject {
    private(set) var path: UnsafePointer<CChar>?
    private(set) var base: UnsafeMutableRawPointer?
    private var symbol: UnsafePointer<CChar>?
    private var symbolAddress: UnsafeMutableRawPointer?

    private typealias Lookup = @convention(c) (UnsafeRawPointer, UnsafeMutableRawPointer) -> Int32
    private static let lookup = unsafeBitCast(dlsym(nil, "dladdr"), to: Lookup?.self)

    /// Finds the function, which a signal handler must not do.
    static func prepare() { _ = lookup }

    init?(at address: UnsafeRawPointer) {
        let found = withUnsafeMutableBytes(of: &self) { info in
            info.baseAddress.flatMap { SharedObject.lookup?(address, $0) } ?? 0
        }
        guard found != 0 else { return nil }
    }
}

/// Text in memory that was allocated before it is needed; what does not fit is left out.
private struct CrashLine {
    private let start: UnsafeMutablePointer<UInt8>
    private let capacity: Int
    private var count = 0

    init(capacity: Int) {
        start = .allocate(capacity: capacity)
        self.capacity = capacity
    }

    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

    mutating func clear() { count = 0 }

    mutating func append(_ text: StaticString) { append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)) }

    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        for byte in bytes where count < capacity {
            start[count] = byte
            count += 1
        }
    }

    /// An address as the name of its file and the offset there.
    mutating func append(frame: UnsafeMutableRawPointer) {
        let address = UInt(bitPattern: frame)
        guard let object = SharedObject(at: frame), let path = object.path, let base = object.base else {
            return append(hexadecimal: address)
        }
        let name = strrchr(path, 47).map { UnsafePointer($0) + 1 } ?? path
        name.withMemoryRebound(to: UInt8.self, capacity: strlen(name)) { append(UnsafeBufferPointer(start: $0, count: strlen(name))) }
        append("+")
        append(hexadecimal: address - UInt(bitPattern: base))
    }

    private mutating func append(hexadecimal number: UInt) {
        append("0x")
        var shift = number == 0 ? 0 : (UInt.bitWidth - 1 - number.leadingZeroBitCount) / 4 * 4
        while shift >= 0, count < capacity {
            let digit = UInt8(truncatingIfNeeded: number >> UInt(bitPattern: shift) & 15)
            start[count] = digit < 10 ? 48 + digit : 87 + digit
            count += 1
            shift -= 4
        }
    }
}
