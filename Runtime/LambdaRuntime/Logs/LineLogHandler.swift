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
        var json = JSONText()
        json.open()
        json.member("timestamp", Timestamp.text(microseconds: now))
        json.member("level", event.level.lambdaWord)
        json.member("message", event.message.description)
        json.member("logger", label)
        for key in Self.hoisted {
            if let value = rest.removeValue(forKey: key) { json.member(key, value.description) }
        }
        if !rest.isEmpty {
            json.key("metadata")
            write(.dictionary(rest), to: &json)
        }
        json.close()
        return json.bytes
    }

    private func write(_ value: Logger.MetadataValue, to json: inout JSONText) {
        switch value {
        case .dictionary(let members):
            json.open()
            for (key, value) in members.sorted(by: { $0.key < $1.key }) {
                json.key(key)
                write(value, to: &json)
            }
            json.close()
        case .array(let values):
            json.openArray()
            for value in values { write(value, to: &json) }
            json.closeArray()
        case .string, .stringConvertible:
            json.string(value.description)
        }
    }

    private func text(_ event: LogEvent, _ all: Logger.Metadata, _ now: Int64) -> [UInt8] {
        let pairs = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let line = "\(Timestamp.text(microseconds: now)) \(event.level.lambdaWord) \(event.message)\(pairs)"
        return sink.framed ? Array(line.utf8) : line.utf8.map { $0 == 0x0a || $0 == 0x0d ? 0x20 : $0 }
    }
}
