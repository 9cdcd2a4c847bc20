import Foundation

/// What SeaweedFS posts to its webhook for each change of its file tree: directories, parts of uploads and bookkeeping too.
struct FilerChange: Decodable {
    struct Message: Decodable {
        let new_entry: Entry?
        let old_entry: Entry?
    }

    struct Entry: Decodable {
        struct Chunk: Decodable, Equatable {
            struct File: Decodable, Equatable {
                let volume_id: UInt64?
                let file_key: UInt64?
                let cookie: UInt64?
            }

            let size: UInt64?
            let fid: File?
        }

        struct Attributes: Decodable {
            let file_size: Int64?
            let mtime: Int64?
            let mtime_ns: Int64?
            /// Base64.
            let md5: String?
        }

        let is_directory: Bool?
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

    let event_type: String
    /// The path in the file tree, not encoded.
    let key: String
    let message: Message

    /// The object that was put, if that is what happened.
    ///
    /// A version lies at `/buckets/<bucket>/<key>.versions/v_<id>`, an object without versions at `/buckets/<bucket>/<key>`.
    var createdObject: StoredObject? {
        guard event_type == "create" || event_type == "update", key.hasPrefix("/buckets/"), let entry = message.new_entry,
            entry.is_directory != true, entry.text("Seaweed-X-Amz-Delete-Marker") == nil
        else { return nil }
        let path = key.dropFirst("/buckets/".count)
        guard let slash = path.firstIndex(of: "/") else { return nil }
        let bucket = String(path[..<slash])
        var name = String(path[path.index(after: slash)...])
        guard !bucket.hasPrefix("."), !name.isEmpty, !name.hasPrefix(".uploads/") else { return nil }
        let version = entry.text("Seaweed-X-Amz-Version-Id")
        if let version, name.hasSuffix(".versions/v_\(version)") {
            // Later changes of a version are bookkeeping: it became an older one.
            guard event_type == "create" else { return nil }
            name.removeLast(".versions/v_\(version)".count)
        } else if let old = message.old_entry, !Self.isNewContent(old, entry) {
            return nil
        }
        return StoredObject(
            bucket: bucket, key: name, etag: entry.etag, size: entry.attributes?.file_size ?? 0, versionID: version,
            modified: entry.attributes?.mtime ?? 0)
    }

    /// False when only tags or other attributes changed.
    private static func isNewContent(_ old: Entry, _ new: Entry) -> Bool {
        old.chunks != new.chunks || old.content != new.content || old.etag != new.etag || old.attributes?.mtime != new.attributes?.mtime
    }
}
