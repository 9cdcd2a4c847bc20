/// The last 4 KB of one invocation's log, which callers may request.
struct LogTail {
    static let limit = 4096
    private var bytes: [UInt8] = []

    mutating func append(_ more: some Collection<UInt8>) {
        bytes.append(contentsOf: more)
        if bytes.count > 4 * Self.limit { bytes.removeFirst(bytes.count - Self.limit) }
    }

    /// Returns the tail and clears it for the next invocation.
    mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return [UInt8](bytes.suffix(Self.limit))
    }
}

/// The values of Lambda's REPORT line. Durations are nanoseconds; memory is megabytes.
struct InvocationReport {
    let requestID: String
    let duration: Int64
    let memorySize: Int
    let peakMemory: Int
    /// Only on the first invocation of an environment.
    let initDuration: Int64?
    var status: String?

    var line: String {
        var text = "REPORT RequestId: \(requestID)\tDuration: \(Self.milliseconds(duration)) ms\t"
        text += "Billed Duration: \((duration + 999_999) / 1_000_000) ms\tMemory Size: \(memorySize) MB\tMax Memory Used: \(peakMemory) MB"
        if let initDuration { text += "\tInit Duration: \(Self.milliseconds(initDuration)) ms" }
        if let status { text += "\tStatus: \(status)" }
        return text + "\n"
    }

    /// Milliseconds with two decimals.
    static func milliseconds(_ nanoseconds: Int64) -> String {
        let hundredths = (nanoseconds + 5_000) / 10_000
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
