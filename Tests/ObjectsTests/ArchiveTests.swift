import AWS
import Foundation
import HTTP
import Market
import TestSupport
import Testing

@testable import Objects

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
        #expect(try await archive.folders().prefixes["XNAS:ZZZZ"] == nil)
    }

    @Test func `Folders are found by instrument and other keys are listed apart`() async throws {
        let archive = ResponseArchive(s3, bucket: "raw")
        let key = try await archive.put([11], try metadata("XLSE:A/B%")).key.description
        for stray in ["raw/notes.txt", "raw/yahoo/x.txt"] { try await s3.put(bucket: "raw", key: stray, body: [1]) }
        let many = try await archive.put([12], try metadata(nil)).key.description
        let folders = try await archive.folders()
        let prefix = try #require(folders.prefixes["XLSE:A/B%"])
        #expect(prefix == [key.split(separator: "/").prefix(4).joined(separator: "/") + "/"])
        #expect(try await archive.keys(in: prefix[0]) == [key])
        #expect(Set(["raw/notes.txt", "raw/yahoo/x.txt", many]).isSubset(of: folders.others))
    }

    @Test func `A content type that no header can contain is left out`() throws {
        let metadata = ResponseMetadata(
            provider: "yahoo", kind: "k", instrument: nil, url: "u", status: 200, contentType: "text/csv\u{1}",
            knownAt: Instant("2012-01-10T00:00:00Z")!,
            fetchedAt: Instant("2012-01-10T00:00:00Z")!)
        #expect(metadata.contentType == nil)
    }

    @Test func `An object whose metadata name another instrument than its key is an error`() async throws {
        let archive = ResponseArchive(s3, bucket: "raw")
        let key = try await archive.put([21], try metadata("XNAS:MSFT")).key
        try await s3.put(bucket: "raw", key: key.description, body: [21], metadata: try metadata("XNAS:GOOG").headers)
        let error = await #expect(throws: AWSError.self) { try await archive.get(key.description) }
        #expect(error?.code == .corrupted && error?.description.contains("than its key") == true)
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
