import AWS
import Foundation
import HTTP
import Market
import Objects
import TestSupport
import Testing

@Suite(.enabled(if: SeaweedTestServer.binary != nil, "BELLWETHER_WEED is not set"), SeaweedTestServer.Running(buckets: ["raw"]))
struct ArchiveTests {
    let s3 = S3Client(HTTPClient(), environment: SeaweedTestServer.environment)

    func metadata(_ instrument: String?) throws -> ResponseMetadata {
        ResponseMetadata(
            provider: "yahoo", kind: "chart", instrument: instrument,
            url: "https://host/v8/finance/chart/AAPL?period2=1325631600&interval=1d",
            status: 200, contentType: "application/json;charset=utf-8", knownAt: try #require(Instant("2012-01-03T23:00:00Z")),
            fetchedAt: try #require(Instant("2026-03-16T13:30:45.123456Z")))
    }

    @Test func `An archived response is read with its metadata`() async throws {
        let archive = ResponseArchive(s3, bucket: "raw")
        let metadata = try metadata("XNAS:AAPL")
        let stored = try await archive.put(Array("{}".utf8), metadata)
        #expect(stored.isNew)
        let read = try await archive.get(stored.key.description)
        #expect(read.metadata == metadata)
        #expect(read.key == stored.key)
        #expect(read.body == Array("{}".utf8))
    }

    @Test func `Equal bytes of one day are archived once`() async throws {
        let archive = ResponseArchive(s3, bucket: "raw")
        let first = try await archive.put([7], try metadata(nil))
        let second = try await archive.put([7], try metadata(nil))
        #expect(first.isNew)
        #expect(!second.isNew)
        #expect(first.key == second.key)
    }

    @Test func `A rejected response is archived under rejected`() async throws {
        let archive = ResponseArchive(s3, bucket: "raw")
        let stored = try await archive.put([9], try metadata("XNAS:ZZZZ"), isRejected: true)
        #expect(stored.key.description.hasPrefix("rejected/yahoo/"))
        for try await summary in archive.list(provider: "yahoo") { #expect(summary.key.hasPrefix("raw/yahoo/")) }
    }

    @Test func `Bytes that do not match the hash in their key are an error`() async throws {
        let archive = ResponseArchive(s3, bucket: "raw")
        let key = try await archive.put([1, 2, 3], try metadata("XNAS:MSFT")).key
        try await s3.put(bucket: "raw", key: key.description, body: [3, 2, 1])
        let error = await #expect(throws: AWSError.self) { try await archive.get(key.description) }
        #expect(error?.code == .corrupted)
    }

    @Test func `An artifact is checked against its hash`() async throws {
        let store = ArtifactStore(s3, bucket: "raw")
        let reference = try await store.put(model: "m1", [1, 2, 3])
        #expect(reference.key == "models/m1/model.safetensors")
        #expect(try await store.get(reference) == [1, 2, 3])
        #expect(try await store.put(model: "m1", [9]) == reference)
        let other = ArtifactStore.Reference(key: reference.key, sha256: Digest.sha256Hex([9]))
        let error = await #expect(throws: AWSError.self) { try await store.get(other) }
        #expect(error?.code == .corrupted)
    }

    @Test func `The last checkpoint is read and a damaged one is not`() async throws {
        let store = CheckpointStore(s3, bucket: "raw")
        #expect(try await store.get(model: "m1") == nil)
        try await store.put(model: "m1", [1])
        try await store.put(model: "m1", [1, 2])
        #expect(try await store.get(model: "m1") == [1, 2])
        try await s3.put(bucket: "raw", key: CheckpointStore.key(model: "m1"), body: [1], metadata: ["sha256": Digest.sha256Hex([1, 2])])
        #expect(try await store.get(model: "m1") == nil)
    }
}
