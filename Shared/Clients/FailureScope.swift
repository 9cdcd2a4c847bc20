import AWS
import HTTP
import Postgres

/// An error that concerns a single object or symbol, so that the other ones can still be processed.
package protocol SingleObjectError: Error {}

/// Whether an error belongs to the object or symbol that is being processed, or to a store. Every function decides by this type alone.
///
/// An object's failure repeats however often the event is sent again, so the object is set aside with its reason. A store's failure
/// (connection, disk, permission, S3's 5xx) passes, so the event fails and is sent again.
package enum FailureScope: Sendable, Hashable {
    /// Only this object or symbol fails.
    case object
    /// Every object would fail now.
    case store

    package init(_ error: any Error) {
        self =
            switch error {
            case is any SingleObjectError: .object
            case let error as PostgresError: error.isCausedByValues ? .object : .store
            case let error as AWSError: Self.isAboutTheObject(error) ? .object : .store
            default: .store
            }
    }

    /// A missing or damaged object, an object without its metadata, and a request that cannot be sent or that S3 rejects because of its key,
    /// metadata or size. A proxy's 404 without S3's code, and a page that is no S3 response, are the store's.
    private static func isAboutTheObject(_ error: AWSError) -> Bool {
        if let transport = error.transport { return transport.kind == .invalidRequest || transport.kind == .tooLarge }
        let codes: [AWSErrorCode] = [
            .corrupted, .invalidRequest, .noSuchKey, "KeyTooLongError", "MetadataTooLarge", "EntityTooLarge", "InvalidObjectState",
        ]
        return codes.contains(error.code)
    }
}
