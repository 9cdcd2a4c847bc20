import Glibc
import Logging

/// An open file that takes whole records, one `write` each, so that records of several threads never mix.
struct LogSink: Sendable {
    let descriptor: Int32
    /// Lambda's telemetry frames keep a record of several lines together; without them a record ends with a line feed.
    let framed: Bool

    func write(_ record: [UInt8], _ level: Logger.Level, _ form: LogOutput.Form, microseconds: Int64) {
        guard framed else { return writeAll(record + [0x0a]) }
        var frame: [UInt8] = []
        frame.reserveCapacity(record.count + 16)
        append(0xa55a_0000 | level.frameBits | (form == .json ? 0b10 : 0b11), to: &frame)
        append(UInt32(clamping: record.count), to: &frame)
        append(UInt64(clamping: microseconds), to: &frame)
        writeAll(frame + record)
    }

    private func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    private func writeAll(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { raw in
            var done = 0
            while done < raw.count {
                let count = Glibc.write(descriptor, raw.baseAddress.map { $0 + done }, raw.count - done)
                if count > 0 { done += count } else if errno != EINTR { return }
            }
        }
    }
}

extension Logger.Level {
    /// The level within a frame's type.
    fileprivate var frameBits: UInt32 {
        switch self {
        case .trace: 0b00100
        case .debug: 0b01000
        case .info, .notice: 0b01100
        case .warning: 0b10000
        case .error: 0b10100
        case .critical: 0b11000
        }
    }
}
