import Foundation

/// A request that a web page of any origin can make a browser send to a port of this machine.
package struct WebPageRequest: Sendable, Codable {
    package let method: String
    package let path: String
    package var body = ""

    package init(method: String, path: String, body: String = "") {
        self.method = method
        self.path = path
        self.body = body
    }

    /// Requests that delete, change, add or read data on the ports of a SeaweedFS without protection.
    ///
    /// - Parameters:
    ///   - bucket: a bucket, which is a collection of the master and a folder of the filer.
    ///   - key: the key of an object in it.
    ///   - chunk: the name of a chunk on the volume server.
    package static func all(bucket: String, key: String, chunk: String) -> [WebPageRequest] {
        let form = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nchanged\r\n--x--\r\n"
        let object = "/buckets/\(bucket)/\(key)"
        return [
            .init(method: "GET", path: "/"), .init(method: "GET", path: "/status"), .init(method: "GET", path: "/ui/index.html"),
            .init(method: "GET", path: "/cluster/status"), .init(method: "GET", path: "/metrics"),
            .init(method: "GET", path: "/debug/pprof/"),
            .init(method: "GET", path: "/dir/assign"), .init(method: "GET", path: "/dir/status"), .init(method: "GET", path: "/vol/status"),
            .init(method: "GET", path: "/dir/lookup?volumeId=1"), .init(method: "GET", path: "/vol/vacuum?garbageThreshold=0.0001"),
            .init(method: "GET", path: "/vol/grow?count=1&collection=grown"), .init(method: "GET", path: "/\(chunk)"),
            .init(method: "GET", path: "/buckets/?limit=10"), .init(method: "GET", path: "/buckets/\(bucket)/"),
            .init(method: "GET", path: object), .init(method: "GET", path: "/\(bucket)/\(key)"),
            .init(method: "GET", path: "/\(bucket)?versions"),
            .init(method: "POST", path: "/submit", body: form), .init(method: "POST", path: object, body: form),
            .init(method: "PUT", path: object, body: "changed"), .init(method: "PUT", path: "/\(bucket)/\(key)", body: "changed"),
            .init(method: "POST", path: "/\(bucket)", body: form), .init(method: "POST", path: "/\(chunk)", body: form),
            .init(method: "POST", path: "/", body: "Action=CreateUser&UserName=evil&Version=2010-05-08"),
            .init(method: "POST", path: "/\(bucket)?delete", body: "<Delete><Object><Key>\(key)</Key></Object></Delete>"),
            .init(method: "POST", path: "\(object)?mv.from=\(object)2"), .init(method: "POST", path: "/.tus/\(key)", body: "x"),
            .init(method: "OPTIONS", path: object), .init(method: "OPTIONS", path: "/\(bucket)/\(key)"),
            .init(method: "DELETE", path: "/\(chunk)"), .init(method: "DELETE", path: "/\(bucket)/\(key)"),
            .init(method: "DELETE", path: object),
            .init(method: "DELETE", path: "/\(bucket)"), .init(method: "DELETE", path: "/buckets/\(bucket)?recursive=true"),
            .init(method: "POST", path: "/col/delete?collection=\(bucket)"), .init(method: "GET", path: "/col/delete?collection=\(bucket)"),
        ]
    }

    /// Pages about a server's own state, which hold nothing of the archive.
    package static let statusPages: Set<String> = ["/", "/status", "/ui/index.html", "/cluster/status", "/metrics"]
}

/// The ports on which a process listens, from `/proc`.
package enum ListeningPorts {
    package static func of(_ pid: Int32) -> [Int] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd")) ?? []
        let sockets = Set(files.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/fd/\($0)") })
        let tables = ["tcp", "tcp6"].map { text("/proc/\(pid)/net/\($0)") }
        let ports = tables.joined(separator: "\n").split(separator: "\n").compactMap { line -> Int? in
            let fields = line.split(separator: " ")
            guard fields.count > 9, fields[3] == "0A", sockets.contains("socket:[\(fields[9])]") else { return nil }
            return fields[1].split(separator: ":").last.flatMap { Int($0, radix: 16) }
        }
        return Set(ports).sorted()
    }

    /// Reads to the end; the kernel returns a table in pieces, and Foundation takes a short one for the last.
    private static func text(_ path: String) -> String {
        let file = open(path, O_RDONLY)
        defer { close(file) }
        var (bytes, buffer): ([UInt8], [UInt8]) = ([], [UInt8](repeating: 0, count: 65536))
        while true {
            let count = read(file, &buffer, buffer.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }
}

/// The name of a chunk in a volume file: `volume,id and cookie in hexadecimal`.
package enum ChunkName {
    package static func first(in folder: String, collection: String) -> String? {
        let names = (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []).sorted()
        for name in names where name.hasSuffix(".dat") {
            let file = name.split(separator: "/").last.map(String.init) ?? name
            guard file.hasPrefix("\(collection)_"), let bytes = FileManager.default.contents(atPath: "\(folder)/\(name)"), bytes.count > 24
            else { continue }
            func hex(_ range: Range<Int>) -> String { bytes[range].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
            let id = hex(12..<20).drop { $0 == "0" }
            return "\(file.dropFirst(collection.count + 1).dropLast(4)),\(id.count % 2 == 0 ? "" : "0")\(id)\(hex(8..<12))"
        }
        return nil
    }
}
