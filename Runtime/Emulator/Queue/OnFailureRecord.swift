import Formats
import Foundation
import LambdaEvents

/// Makes the record that Lambda sends to an `OnFailure` destination for an event whose retries are exhausted.
enum OnFailureRecord {
    /// - Parameters:
    ///   - response: the response of the last delivery; nil when the function was not reached.
    ///   - condition: `RetriesExhausted` or `EventAgeExceeded`.
    static func make(
        _ pending: PendingEvent, response: InvocationResult?, condition: String, arn: String, time: VirtualTime
    ) -> DestinationRecord {
        DestinationRecord(
            timestamp: time.preciseText,
            requestContext: .init(
                requestId: pending.event.requestID, functionArn: "\(arn):$LATEST", condition: condition,
                approximateInvokeCount: pending.attempts),
            requestPayload: json(pending.event.payload),
            responseContext: response.map { .init(functionError: $0.functionError) }, responsePayload: response.map { json($0.payload) })
    }

    /// The event for a destination that is a function; nil after 16 records of records, where Lambda ends such loops too.
    ///
    /// An event that was accepted again after its failure gets another record each time.
    static func event(_ record: DestinationRecord, of pending: PendingEvent, to function: String) -> AsyncEvent? {
        let id = (pending.retries == 0 ? "" : "\(pending.retries)/") + pending.event.id
        guard id.components(separatedBy: prefix).count <= 16, let payload = try? JSONEncoder().encode(record) else { return nil }
        return AsyncEvent(id: prefix + id, function: function, payload: [UInt8](payload))
    }

    private static let prefix = "destination/"

    private static func json(_ bytes: [UInt8]) -> JSONValue {
        (try? JSONValue(parsing: bytes)) ?? .string(String(decoding: bytes, as: UTF8.self))
    }
}
