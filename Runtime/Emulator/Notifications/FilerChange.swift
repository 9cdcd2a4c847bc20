import Foundation

/// A change of SeaweedFS's file tree, as posted to the webhook; also directories, parts of uploads and metadata changes.
struct FilerChange: Decodable {
    struct Message: Decodable {
        let newEntry: Entry?
        let oldEntry: Entry?
    }

    struct Entry: Decodable {
        struct Chunk: Decodable, Equatable {
            struct File: Decodable, Equatable {
                let volumeId: UInt64?
                let fileKey: UInt64?
                let cookie: UInt64?
            }

            let size: UInt64?
            let fid: File?
        }

        struct Attributes: Decodable {
            let fileSize: Int64?
            let mtime: Int64?
            /// Base64 text.
            let md5: String?
        }

        let isDirectory: Bool?
        let chunks: [Chunk]?
        let content: String?
        let attributes: Attributes?
        /// Base64 values.
        let extended: [String: String]?

        func text(_ name: String) -> String? {
            extended?[name].flatMap { Data(base64Encoded: $0) }.map { String(decoding: $0, as: UTF8.self) }
        }

        var etag: String {
            if let etag = text("Seaweed-X-Amz-ETag") { return etag }
            let md5 = attributes?.md5.flatMap { Data(base64Encoded: $0) } ?? Data()
            return md5.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
    }

    /// Decodes a posted body; `nil` when it is not such a document.
    static func read(_ body: [UInt8]) -> FilerChange? {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try? decoder.decode(FilerChange.self, from: Data(body))
    }

    let eventType: String
    /// The path in the file tree, not percent-encoded.
    let key: String
    let message: Message

    /// The object that was put; `nil` for other changes.
    ///
    /// A version is stored at `/buckets/<bucket>/<key>.versions/v_<id>`, an object without versions at `/buckets/<bucket>/<key>`.
    var createdObject: StoredObject? {
        guard eventType == "create" || eventType == "update", key.hasPrefix("/buckets/"), let entry = message.newEntry,
            entry.isDirectory != true, entry.text("Seaweed-X-Amz-Delete-Marker") == nil
        else { return nil }
        let path = key.dropFirst("/buckets/".count)
        guard let slash = path.firstIndex(of: "/") else { return nil }
        let bucket = String(path[..<slash])
        var name = String(path[path.index(after: slash)...])
        guard !bucket.hasPrefix("."), !name.isEmpty, !name.hasPrefix(".uploads/") else { return nil }
        let version = entry.text("Seaweed-X-Amz-Version-Id")
        if let version, name.hasSuffix(".versions/v_\(version)") {
            // Later changes of a version only mark it as no longer the newest.
            guard eventType == "create" else { return nil }
            name.removeLast(".versions/v_\(version)".count)
        } else if let old = message.oldEntry, !Self.isNewContent(old, entry) {
            return nil
        }
        return StoredObject(
            bucket: bucket, key: name, etag: entry.etag, size: entry.attributes?.fileSize ?? 0, versionID: version,
            modified: entry.attributes?.mtime ?? 0)
    }

    /// Returns false when only tags or other attributes changed.
    private static func isNewContent(_ old: Entry, _ new: Entry) -> Bool {
        old.chunks != new.chunks || old.content != new.content || old.etag != new.etag || old.attributes?.mtime != new.attributes?.mtime
    }
}
