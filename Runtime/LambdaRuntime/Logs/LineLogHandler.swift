import Formats
import Logging

/// Writes each record as one line of JSON or text, with the request id of the task that logs.
struct LineLogHandler: LogHandler {
    /// Metadata that stands beside the message instead of under `metadata`.
    private static let hoisted = ["requestId", "tenantId", "errorType", "errorMessage"]

    private let label: String
    private let form: LogOutput.Form
    private let sink: LogSink
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel: Logger.Level

    init(label: String, output: LogOutput) {
        self.label = label
        form = output.form
        sink = output.sink
        logLevel = output.level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let now = WallClock.microseconds()
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        if let error = event.error, all["errorMessage"] == nil { all["errorMessage"] = "\(error)" }
        if let context = Context.current {
            if all["requestId"] == nil { all["requestId"] = "\(context.requestId)" }
            if let tenant = context.tenantId, all["tenantId"] == nil { all["tenantId"] = "\(tenant)" }
        }
        let record = form == .json ? json(event, all, now) : text(event, all, now)
        sink.write(record, event.level, form, microseconds: now)
    }

    private func json(_ event: LogEvent, _ all: Logger.Metadata, _ now: Int64) -> [UInt8] {
        var rest = all
        var json = JSONWriter()
        json.object { record in
            record.member("timestamp", Self.timestamp(now))
            record.member("level", event.level.lambdaName)
            record.member("message", event.message.description)
            record.member("logger", label)
            for key in Self.hoisted {
                if let value = rest.removeValue(forKey: key) {
                    record.key(key)
                    record.string(value.description)
                }
            }
            if !rest.isEmpty {
                record.key("metadata")
                write(.dictionary(rest), to: &record)
            }
        }
        return json.bytes
    }

    /// RFC 3339 to the millisecond.
    private static func timestamp(_ microseconds: Int64) -> String {
        UTCTime.rfc3339(milliseconds: microseconds >= 0 ? microseconds / 1000 : (microseconds - 999) / 1000)
    }

    private func write(_ value: Logger.MetadataValue, to json: inout JSONWriter) {
        switch value {
        case .dictionary(let members):
            json.object {
                for (key, value) in members.sorted(by: { $0.key < $1.key }) {
                    $0.key(key)
                    write(value, to: &$0)
                }
            }
        case .array(let values):
            json.list(values) { write($1, to: &$0) }
        case .string, .stringConvertible:
            json.string(value.description)
        }
    }

    private func text(_ event: LogEvent, _ all: Logger.Metadata, _ now: Int64) -> [UInt8] {
        let pairs = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let line = "\(Self.timestamp(now)) \(event.level.lambdaName) \(event.message)\(pairs)"
        return sink.framed ? Array(line.utf8) : line.utf8.map { $0 == 0x0a || $0 == 0x0d ? 0x20 : $0 }
    }
}
