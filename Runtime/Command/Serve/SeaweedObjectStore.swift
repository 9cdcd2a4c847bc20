import Emulator
import Formats
import Foundation
import HTTP

/// Lists and puts objects through the file tree of the local S3 server, which needs no signatures.
struct SeaweedObjectStore: ObjectStore {
    let servers: LocalServers

    private struct Listing: Decodable {
        let entries: [Entry]?
        let lastFileName: String?
        let shouldDisplayLoadMore: Bool?

        private enum CodingKeys: String, CodingKey {
            case entries = "Entries", lastFileName = "LastFileName", shouldDisplayLoadMore = "ShouldDisplayLoadMore"
        }
    }

    private struct Entry: Decodable {
        let path: String
        let modified: String
        let mode: UInt32
        let size: Int64
        let md5: Data?
        let extended: [String: Data]?

        private enum CodingKeys: String, CodingKey {
            case path = "FullPath", modified = "Mtime", mode = "Mode", size = "FileSize", md5 = "Md5", extended = "Extended"
        }

        /// The directory bit of Go's file mode.
        var isFolder: Bool { mode & 0x8000_0000 != 0 }

        func text(_ name: String) -> String? { extended?[name].map { String(decoding: $0, as: UTF8.self) } }
    }

    func generation() async throws -> String {
        guard let process = await servers.process(of: .s3), process.isAlive else { throw CommandError("the S3 server is down") }
        return "\(process.pid)-\(await servers.starts(of: .s3))"
    }

    func putSentinel(_ key: String) async throws {
        let response = try await LoopbackHTTP.send("PUT", "\(base)/\(servers.bucket)-sentinels/\(escaped(key))", body: [], timeout: 5)
        guard response.status == 201 || response.status == 200 else {
            throw CommandError("the S3 server responded with status \(response.status)")
        }
    }

    func removeSentinel(_ key: String) async throws {
        _ = try await LoopbackHTTP.send("DELETE", "\(base)/\(servers.bucket)-sentinels/\(escaped(key))", timeout: 5)
    }

    /// Lists the folders under the prefix, eight at a time.
    func objects(bucket: String, prefix: String) async throws -> [StoredObject] {
        let root = "\(base)/\(bucket)/"
        let folder = prefix.lastIndex(of: "/").map { String(prefix[...$0]) } ?? ""
        var found: [StoredObject] = []
        var waiting = [folder]
        while !waiting.isEmpty {
            let batch = waiting.suffix(8)
            waiting.removeLast(batch.count)
            let pages = try await withThrowingTaskGroup { group in
                for folder in batch { group.addTask { try await entries(root + escaped(folder)) } }
                return try await group.reduce(into: [Entry]()) { $0 += $1 }
            }
            for entry in pages {
                let key = String(entry.path.dropFirst("/buckets/\(bucket)/".count))
                if entry.isFolder {
                    if key != ".uploads" { waiting.append(key + "/") }
                } else if let object = object(entry, bucket, key), object.key.hasPrefix(prefix) {
                    found.append(object)
                }
            }
        }
        return found
    }

    private var base: String { "\(servers.filerEndpoint)/buckets" }

    /// Makes an object of an entry; a version of `key` is stored at `<key>.versions/v_<id>`.
    private func object(_ entry: Entry, _ bucket: String, _ key: String) -> StoredObject? {
        guard entry.text("Seaweed-X-Amz-Delete-Marker") == nil else { return nil }
        let version = entry.text("Seaweed-X-Amz-Version-Id")
        var name = key
        if let version, name.hasSuffix(".versions/v_\(version)") { name.removeLast(".versions/v_\(version)".count) }
        let hash = (entry.md5 ?? Data()).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let modified = VirtualTime(entry.modified).map { $0.milliseconds / 1000 } ?? 0
        return StoredObject(
            bucket: bucket, key: name, etag: entry.text("Seaweed-X-Amz-ETag") ?? hash, size: entry.size, versionID: version,
            modified: modified)
    }

    private func entries(_ folder: String) async throws -> [Entry] {
        var all: [Entry] = []
        var last = ""
        while true {
            let response = try await LoopbackHTTP.send(
                "GET", "\(folder)?limit=1000&lastFileName=\(escaped(last))", headers: ["Accept": "application/json"])
            if response.status == 404 { return all }
            guard response.status == 200 else { throw CommandError("the S3 server responded with status \(response.status)") }
            let page = try response.decoded(as: Listing.self)
            all += page.entries ?? []
            guard page.shouldDisplayLoadMore == true, let next = page.lastFileName, next != last else { return all }
            last = next
        }
    }

    private func escaped(_ path: String) -> String { PercentEncoding.encode(path, keeping: .path) }
}
