import Foundation
import LambdaEvents

/// What Lambda tells an `OnFailure` destination of an event that was given up.
enum OnFailureRecord {
    /// - Parameters:
    ///   - answer: the last delivery's; nil when the function was not reached.
    ///   - condition: `RetriesExhausted` or `EventAgeExceeded`.
    static func of(
        _ pending: PendingEvent, answer: InvocationResult?, condition: String, arn: String, time: VirtualTime
    ) -> DestinationRecord {
        DestinationRecord(
            timestamp: ISOTime.preciseText(time),
            requestContext: .init(
                requestId: pending.event.requestID, functionArn: "\(arn):$LATEST", condition: condition,
                approximateInvokeCount: pending.attempts),
            requestPayload: json(pending.event.payload),
            responseContext: answer.map { .init(functionError: $0.functionError) }, responsePayload: answer.map { json($0.payload) })
    }

    /// The event for a destination that is a function; nil when records of records have gone round too often, as Lambda ends such loops.
    static func event(_ record: DestinationRecord, of id: String, to function: String) -> AsyncEvent? {
        guard id.components(separatedBy: prefix).count <= 16, let payload = try? JSONEncoder().encode(record) else { return nil }
        return AsyncEvent(id: prefix + id, function: function, payload: [UInt8](payload))
    }

    private static let prefix = "destination/"

    private static func json(_ bytes: [UInt8]) -> JSONValue {
        (try? JSONDecoder().decode(JSONValue.self, from: Data(bytes))) ?? .string(String(decoding: bytes, as: UTF8.self))
    }
}
