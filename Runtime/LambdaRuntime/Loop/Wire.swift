import FoundationEssentials

/// Events and outputs as they stand in the Runtime API's bodies.
enum Wire {
    static func decode<Event: Decodable>(_ bytes: [UInt8]) throws(ErrorReport) -> Event {
        if Event.self == RawBytes.self, let raw = RawBytes(bytes) as? Event { return raw }
        if let type = Event.self as? any SelfReading.Type, let event = type.init(reading: bytes) as? Event { return event }
        do { return try JSONDecoder().decode(Event.self, from: Data(bytes)) } catch { throw ErrorReport(decoding: error) }
    }

    static func encode<Output: Encodable>(_ output: Output) throws(ErrorReport) -> Answer {
        if let raw = output as? RawBytes { return Answer(body: raw.bytes, contentType: raw.contentType) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do { return Answer(body: Array(try encoder.encode(output)), contentType: "application/json") } catch {
            throw ErrorReport(type: "Runtime.InvalidOutput", message: "The output cannot be written as JSON: \(error)")
        }
    }
}
