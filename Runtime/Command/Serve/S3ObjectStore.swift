import AWS
import Emulator
import Foundation

/// Lists and puts objects of the local S3 server.
struct S3ObjectStore: ObjectStore {
    private let servers: LocalServers
    private let s3: S3Client

    init(_ servers: LocalServers) {
        self.servers = servers
        s3 = S3Client(LoopbackHTTP.client, environment: LocalTemplate.environment(servers), policy: AWSRetryPolicy(attempts: 1))
    }

    func generation() async throws -> String {
        guard let process = await servers.process(of: .s3), process.isAlive else { throw CommandError("the S3 server is down") }
        return "\(process.pid)-\(await servers.starts(of: .s3))"
    }

    func putSentinel(_ key: String) async throws {
        try await s3.put(bucket: servers.sentinelBucket, key: key, body: [], deadline: .now + .seconds(5))
    }

    func removeSentinel(_ key: String) async throws {
        try await s3.delete(bucket: servers.sentinelBucket, key: key, deadline: .now + .seconds(5))
    }

    func objects(bucket: String, prefix: String) async throws -> [StoredObject] {
        try await s3.versions(bucket: bucket, prefix: prefix).map { version in
            StoredObject(
                bucket: bucket, key: version.key, etag: version.etag ?? "", size: Int64(version.size), versionID: version.versionId,
                modified: version.lastModified.flatMap { VirtualTime($0) }.map { $0.milliseconds / 1000 } ?? 0)
        }
    }
}
