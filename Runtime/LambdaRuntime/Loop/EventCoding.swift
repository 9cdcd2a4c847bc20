import FoundationEssentials

/// Decodes events from the bodies of the Runtime API, and encodes outputs for them.
enum EventCoding {
    static func decode<Event: Decodable>(_ bytes: [UInt8]) throws(ErrorReport) -> Event {
        if Event.self == RawBytes.self, let raw = RawBytes(bytes) as? Event { return raw }
        if let type = Event.self as? any RawEventDecodable.Type, let event = type.init(reading: bytes) as? Event { return event }
        do { return try JSONDecoder().decode(Event.self, from: Data(bytes)) } catch { throw ErrorReport(decoding: error) }
    }

    static func encode<Output: Encodable>(_ output: Output) throws(ErrorReport) -> EncodedResponse {
        if let raw = output as? RawBytes { return EncodedResponse(body: raw.bytes, contentType: raw.contentType) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do { return EncodedResponse(body: Array(try encoder.encode(output)), contentType: "application/json") } catch {
            throw ErrorReport(type: "Runtime.InvalidOutput", message: "The output cannot be written as JSON: \(error)")
        }
    }
}

/// An event that decodes its usual form without `JSONDecoder`, for functions that are called so often that the decoder's time counts.
package protocol RawEventDecodable {
    /// nil passes the event to `Decodable`, which then also gives the error.
    init?(reading bytes: [UInt8])
}
