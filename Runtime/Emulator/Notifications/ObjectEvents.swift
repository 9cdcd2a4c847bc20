import Foundation
import LambdaEvents

/// Makes S3 events of new objects for the functions in the template's bucket notifications.
struct ObjectEvents: Sendable {
    let notifications: [BucketNotification]

    /// One event for each notification that matches the object.
    func events(for object: StoredObject) -> [AsyncEvent] {
        let name = object.etag.contains("-") ? "ObjectCreated:CompleteMultipartUpload" : "ObjectCreated:Put"
        let matching = notifications.filter { matches($0, object, "s3:" + name) }
        return matching.enumerated().compactMap { index, notification in
            let record = S3EventRecord(
                eventName: name, eventTime: VirtualTime(milliseconds: object.modified * 1000).preciseText,
                awsRegion: PseudoParameter.region,
                s3: .init(
                    configurationId: notification.id,
                    bucket: .init(name: object.bucket, ownerIdentity: .init(principalId: "local")),
                    object: .init(
                        decodedKey: object.key, size: object.size, versionId: object.versionID, eTag: object.etag,
                        sequencer: Self.sequencer(object))))
            guard let payload = try? JSONEncoder().encode(S3Event(records: [record])) else { return nil }
            let id = "s3/\(object.bucket)/\(object.key)/\(object.versionID ?? object.etag)"
            return AsyncEvent(
                id: index == 0 ? id : "\(id)/\(notification.id)", function: notification.function, payload: Array(payload))
        }
    }

    /// The bucket and prefix pairs under which all objects of the notifications are found.
    var listings: [(bucket: String, prefix: String)] {
        var seen: Set<String> = []
        return notifications.filter { seen.insert("\($0.bucket)/\($0.prefix)").inserted }.map { ($0.bucket, $0.prefix) }
    }

    private func matches(_ notification: BucketNotification, _ object: StoredObject, _ event: String) -> Bool {
        notification.bucket == object.bucket && object.key.hasPrefix(notification.prefix) && object.key.hasSuffix(notification.suffix)
            && notification.events.contains { $0 == event || $0.hasSuffix(":*") && event.hasPrefix($0.dropLast()) }
    }

    /// The time in nanoseconds: SeaweedFS's version ids begin with `Int64.max` minus it; without a version id, the second is used.
    private static func sequencer(_ object: StoredObject) -> String {
        var nanoseconds = object.modified * 1_000_000_000
        if let version = object.versionID, version.count == 32, let inverted = Int64(version.prefix(16), radix: 16) {
            let exact = Int64.max - inverted
            if abs(exact - nanoseconds) < 5_000_000_000 { nanoseconds = exact }
        }
        let hex = String(nanoseconds, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 16 - hex.count)) + hex
    }
}
